// How fast PoDoFo's own way makes the same page: DrawText with CreateFontSubset. `peer_podofo WORDS [SECONDS]`; the words are those
// of `peers.py FORM.pdf --words WORDS`.

#include <podofo/podofo.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct Word {
  int page = 0;
  double x = 0, y = 0, size = 0;
  std::string text;
};

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

std::size_t paper(const std::vector<Word>& words) {
  using namespace PoDoFo;
  PdfRefCountedBuffer buffer;
  PdfOutputDevice device(&buffer);
  PdfStreamedDocument document(&device);
  PdfFont* font = document.CreateFontSubset(
      "kai", false, false, false, PdfEncodingFactory::GlobalIdentityEncodingInstance(),
      "/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf");
  PdfPainter painter;
  for (int page = -1; const Word& word : words) {
    for (; page < word.page; ++page) {
      if (page >= 0) painter.FinishPage();
      painter.SetPage(document.CreatePage(PdfPage::CreateStandardPageSize(ePdfPageSize_A4)));
      font->SetFontSize(static_cast<float>(word.size));
      painter.SetFont(font);
    }
    painter.DrawText(word.x, word.y,
                     PdfString(reinterpret_cast<const pdf_utf8*>(word.text.c_str())));
  }
  painter.FinishPage();
  document.Close();
  return buffer.GetSize();
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<Word> words;
  std::ifstream in(count > 1 ? arguments[1] : "");
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    Word word;
    fields >> word.page >> word.x >> word.y >> word.size >> std::ws;
    std::getline(fields, word.text);
    words.push_back(word);
  }
  if (words.empty()) {
    std::fprintf(stderr, "usage: peer_podofo WORDS [SECONDS]\n");
    return 1;
  }
  const double seconds = count > 2 ? std::atof(arguments[2]) : 5;
  try {
    const std::size_t size = paper(words);
    const double from = cpu_seconds();
    int made = 0;
    for (; cpu_seconds() < from + seconds; ++made) paper(words);
    std::printf("PoDoFo, CreateFontSubset: %.1f a second, %zu KB\n", made / (cpu_seconds() - from),
                size / 1024);
  } catch (const PoDoFo::PdfError& e) {
    std::fprintf(stderr, "peer_podofo: %s\n", e.what());
    return 3;
  }
  return 0;
}
