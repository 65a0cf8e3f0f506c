#include "stages/prepare/kept_attachments.hpp"

#include <algorithm>
#include <utility>

#include "stages/prepare/attachment.hpp"
#include "stages/prepare/image.hpp"
#include "stages/prepare/packed_jpeg.hpp"
#include "stages/prepare/pdf_pages.hpp"
#include "stages/prepare/picture.hpp"

namespace prepare {

namespace {

using pipeline::Shown;
using pipeline::Value;

constexpr const char* kScanAgain = "请申报单位确认文件能正常打开，重新扫描为 JPG 或 PDF 后提交。";

}  // namespace

KeptAttachments::~KeptAttachments() {
  rules_.foreign->dismiss(whose_);
  inflater().rest();
}

Shown KeptAttachments::show(const Value& attachment) {
  const std::string &type = attachment["type"].string(), &bundle = attachment["bundle"].string();
  if (type != "jpeg" && type != "png" && type != "pdf")
    return Shown::refusal("这是" + type_label(type) + "，卷宗里只能显示 JPG、PNG 图片和 PDF。",
                          conversion(type));
  if (bundle.empty())
    return Shown::refusal("台账没有记下它在哪一个压缩包里。",
                          "请向管理员索取申报单位投递的原文件。");
  const auto size =
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, attachment["size"].integer()));
  if (type == "jpeg")
    if (const auto packed = read_note(attachment["packed"].string(), size)) {
      Shown out;
      out.picture = picture_of(*packed, vault_, bundle);
      if (out.picture) return out;
    }
  const std::string& digest = attachment["sha256"].string();
  recent_ = rules_.recent ? rules_.recent->take(digest) : std::nullopt;
  const std::string_view bytes = recent_ ? *recent_ : kept(bundle, size, digest);
  return type == "pdf" ? show_pages(bytes) : show_picture(type, bytes);
}

std::string_view KeptAttachments::kept(const std::string& bundle, std::uint64_t size,
                                       const std::string& sha256) {
  if (!bundle_ || bundle_->sha256() != bundle) bundle_.emplace(vault_, bundle);
  return bundle_->entry(size, sha256);
}

bool KeptAttachments::ask(ForeignTask task, std::string_view bytes) {
  Limits limits = rules_.limits;
  limits.reader_cpu_seconds = limits.dossier_cpu_seconds;
  limits.reader_seconds = std::max(limits.reader_seconds, 2 * limits.dossier_cpu_seconds);
  auto reading = rules_.foreign->read(whose_, task, bytes, limits);
  answer_ = std::move(reading.answer).value_or(std::string());
  return reading.answer.has_value();
}

Shown KeptAttachments::show_pages(std::string_view bytes) {
  if (!ask(ForeignTask::PdfPages, bytes))
    return Shown::refusal("打开这个 PDF 会使程序出错或停住，系统没有取出它的页面。",
                          "请申报单位用“打印为 PDF”或扫描的办法重新生成后提交。");
  return read_pages(answer_, rules_.limits.dossier_pages);
}

Shown KeptAttachments::show_picture(const std::string& type, std::string_view bytes) {
  JpegParts parts;
  const Image image = look_at_image(type, bytes, rules_.limits.image_megapixels, &parts);
  if (!image.damage.empty()) return Shown::refusal(image.damage + "。", kScanAgain);
  if (!image.unreadable.empty()) return Shown::refusal(image.unreadable, kScanAgain);
  Shown out;
  out.picture = picture_of(type, bytes, image, parts);
  if (out.picture) return out;
  if (type == "jpeg") return Shown::refusal("图片结构损坏。", kScanAgain);
  if (!ask(ForeignTask::ImagePlain, bytes))
    return Shown::refusal("打开这张图片会使程序出错或停住。", kScanAgain);
  if (answer_.empty())
    return Shown::refusal("图片内容残缺，或展开后过大，系统无法显示。", kScanAgain);
  // The reader may have been taken over: its answer is looked at like any stranger's.
  if (answer_.starts_with("\x89PNG\r\n\x1A\n")) {
    const Image plain = look_at_image("png", answer_, rules_.limits.image_megapixels);
    if (plain.damage.empty() && plain.unreadable.empty())
      out.picture = picture_of("png", answer_, plain, parts);
  }
  if (!out.picture) return Shown::refusal("图片内容残缺，或展开后过大，系统无法显示。", kScanAgain);
  out.picture->orientation = image.orientation;
  return out;
}

}  // namespace prepare
