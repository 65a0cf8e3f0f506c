#include "app/sample_pdf.hpp"

namespace app {
namespace {

/// Keeps the offset of each object while the file grows piece by piece.
class PdfWriter {
 public:
  void text(std::string_view bytes) {
    if (content_.empty() || content_.back().shared) content_.push_back({});
    content_.back().own += bytes;
    size_ += bytes.size();
  }
  void shared(const std::shared_ptr<const Blob>& blob) {
    content_.push_back({{}, blob});
    size_ += blob->bytes.size();
  }
  /// Starts the object of the next number.
  void object() {
    offsets_.push_back(size_);
    text(std::to_string(offsets_.size()) + " 0 obj\n");
  }
  Content finish(int root, int info) {
    const std::size_t start = size_;
    const std::string count = std::to_string(offsets_.size() + 1);
    text("xref\n0 " + count + "\n0000000000 65535 f \n");
    for (const std::size_t offset : offsets_) {
      const std::string digits = std::to_string(offset);
      text(std::string(10 - digits.size(), '0') + digits + " 00000 n \n");
    }
    text("trailer\n<< /Size " + count + " /Root " + std::to_string(root) + " 0 R /Info " +
         std::to_string(info) + " 0 R >>\nstartxref\n" + std::to_string(start) + "\n%%EOF\n");
    return std::move(content_);
  }

 private:
  Content content_;
  std::size_t size_ = 0;
  std::vector<std::size_t> offsets_;
};

}  // namespace

Content pdf_file(const std::vector<const Scan*>& sheets, std::string_view unique) {
  constexpr int kFirstPage = 4;  // after catalogue, page tree and information; three objects a page
  PdfWriter pdf;
  pdf.text("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n");
  pdf.object();
  pdf.text("<< /Type /Catalog /Pages 2 0 R >>\nendobj\n");
  pdf.object();
  pdf.text("<< /Type /Pages /Count " + std::to_string(sheets.size()) + " /Kids [");
  for (std::size_t i = 0; i < sheets.size(); ++i)
    pdf.text(" " + std::to_string(kFirstPage + 3 * i) + " 0 R");
  pdf.text(" ] >>\nendobj\n");
  pdf.object();
  pdf.text("<< /Producer (Office Scanner 2.1) /Title (");
  pdf.text(unique);
  pdf.text(") >>\nendobj\n");
  for (std::size_t i = 0; i < sheets.size(); ++i) {
    const Scan& scan = *sheets[i];
    const std::size_t page = kFirstPage + 3 * i;
    pdf.object();
    pdf.text("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents " +
             std::to_string(page + 1) + " 0 R /Resources << /XObject << /Im0 " +
             std::to_string(page + 2) + " 0 R >> >> >>\nendobj\n");
    const std::string paint = "q 595 0 0 842 0 0 cm /Im0 Do Q";
    pdf.object();
    pdf.text("<< /Length " + std::to_string(paint.size()) + " >>\nstream\n" + paint +
             "\nendstream\nendobj\n");
    pdf.object();
    pdf.text("<< /Type /XObject /Subtype /Image /Width " + std::to_string(scan.width) +
             " /Height " + std::to_string(scan.height) +
             " /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length " +
             std::to_string(scan.head.size() + scan.body->bytes.size()) + " >>\nstream\n");
    pdf.text(scan.head);
    pdf.shared(scan.body);
    pdf.text("\nendstream\nendobj\n");
  }
  return pdf.finish(1, 3);
}

}  // namespace app
