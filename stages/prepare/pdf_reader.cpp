#include "stages/prepare/foreign_child.hpp"
#include "stages/prepare/pdf_form.hpp"

// PDF reader: the program that foreign PDFs are read by.

int main() {
  prepare::warm_up_pdf_form();
  return prepare::serve_foreign(prepare::answer_about_pdf);
}
