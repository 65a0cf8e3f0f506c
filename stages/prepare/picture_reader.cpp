#include "stages/prepare/blank_image.hpp"
#include "stages/prepare/foreign_child.hpp"

// Picture reader: the program that foreign pictures are read by. Linked statically: a reader is a fork of it, which costs what it has
// mapped.

int main() {
  prepare::warm_up_blank_image();
  return prepare::serve_foreign(prepare::answer_about_picture);
}
