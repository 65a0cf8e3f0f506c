#include "stages/produce/dossier.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <optional>
#include <utility>

#include "pipeline/sha256.hpp"
#include "stages/produce/dossier_pages.hpp"
#include "stages/produce/object_text.hpp"
#include "stages/produce/parts.hpp"
#include "stages/produce/pdf_file.hpp"
#include "stages/produce/streams.hpp"

namespace produce {

namespace {

using pipeline::Shown;
using pipeline::Value;
using Number = PdfFile::Number;

/// Of the whole dossier: the place of each is kept in memory until its end.
constexpr std::size_t kMostObjects = 4'000'000;

/// A file of the case, once, however many slots name it.
struct Stored {
  std::vector<Drawing> drawings;
  std::string why_not, what_to_do;
  std::size_t first_item = 0;

  std::size_t pages() const { return std::max<std::size_t>(1, drawings.size()); }
};

struct Item {
  const Value* attachment = nullptr;
  const Stored* stored = nullptr;
  std::size_t first_page = 0;  ///< after the cover, from 0

  /// "A01 身份证明".
  std::string slot() const {
    const std::string &code = (*attachment)["slot"].string(), name = (*attachment)["name"].text();
    return code.empty() ? "未归入材料目录" : name.empty() ? code : code + " " + name;
  }
  std::string file() const { return (*attachment)["file"].text(); }
};

class Dossier {
 public:
  Dossier(const Value& payload, const Kit& kit, pipeline::Attachments& attachments,
          const pipeline::Sink& put)
      : payload_(payload), kit_(kit), attachments_(attachments), file_(put) {
    too_many_.why_not = "加上这一件，卷宗的内容会过多（附件合计最多 " +
                        std::to_string(attachments.most_pages()) + " 页）。";
    too_many_.what_to_do =
        "请向管理员索取申报单位投递的原文件；管理员也可在设置中放宽（limits.dossier_total_"
        "pages）。";
  }

  void write() {
    take_attachments();
    put_pages();
    put_information();
    const Number outline = put_outline(), tree = file_.reserve(), root = file_.reserve();
    std::string kids;
    for (const auto& [number, text] : pages_) {
      file_.object(number, text + "/Parent " + reference(tree) + ">>");
      kids += reference(number) + ' ';
    }
    file_.object(tree,
                 "<</Type/Pages/Count " + std::to_string(pages_.size()) + "/Kids[" + kids + "]>>");
    file_.object(root, "<</Type/Catalog/Pages " + reference(tree) + "/Outlines " +
                           reference(outline) +
                           "/PageMode/UseOutlines/Lang(zh-CN)/ViewerPreferences"
                           "<</DisplayDocTitle true>>>>");
    constexpr std::size_t kId = 32;
    file_.finish(root, information_, pipeline::sha256(payload_.dump()).substr(0, kId));
  }

 private:
  void take_attachments() {
    for (const Value& a : payload_["attachments"].items()) items_.push_back({&a});
    // Those without a slot come last.
    const auto rank = [](const Item& item) {
      const std::string& slot = (*item.attachment)["slot"].string();
      return std::pair(slot.empty(), slot);
    };
    std::stable_sort(items_.begin(), items_.end(),
                     [&](const Item& a, const Item& b) { return rank(a) < rank(b); });
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const auto [at, added] = stored_.try_emplace((*items_[i].attachment)["sha256"].string());
      if (added) {
        store(attachments_.show(*items_[i].attachment), at->second);
        at->second.first_item = i;
      }
      items_[i].stored = has_room(at->second.drawings.size()) ? &at->second : &too_many_;
      items_[i].first_page = shown_pages_;
      shown_pages_ += items_[i].stored->pages();
    }
  }

  bool has_room(std::size_t pages) const {
    return pages <= 1 || shown_pages_ + pages <= attachments_.most_pages();
  }

  void store(const Shown& shown, Stored& to) {
    to.why_not = shown.why_not;
    to.what_to_do = shown.what_to_do;
    if (shown.picture) {
      const Number number = file_.reserve();
      const std::string dictionary = "/Type/XObject/Subtype/Image" + shown.picture->dictionary;
      if (shown.picture->put)
        file_.stream(number, dictionary, shown.picture->length, shown.picture->put);
      else
        file_.stream(number, dictionary, shown.picture->data);
      to.drawings.push_back(drawing_of(*shown.picture, number));
    } else if (to.why_not.empty() && (!has_room(shown.pages.size()) ||
                                      file_.reserve(0) + shown.objects.size() > kMostObjects)) {
      to.why_not = too_many_.why_not;
      to.what_to_do = too_many_.what_to_do;
    } else if (to.why_not.empty() && !store_pages(shown, to)) {
      to.why_not = "PDF 结构损坏，取不出页面。";
      to.what_to_do = "请申报单位重新导出或扫描为普通的 PDF、JPG 后提交。";
    }
  }

  /// False, and nothing is written: these are no objects.
  bool store_pages(const Shown& shown, Stored& to) {
    const Number base = file_.reserve(0) - 1;
    std::vector<std::string> texts;
    for (const pipeline::ShownObject& object : shown.objects) {
      const auto end = copy_object(object.text, base, shown.objects.size(), texts.emplace_back());
      if (!end || object.text.find_first_not_of(" \n", *end) != object.text.npos) return false;
      if (object.data && !keeps_to_itself(texts.back())) return false;
    }
    for (const pipeline::ShownPage& page : shown.pages)
      if (!shown.objects[page.object - 1].data) return false;
    file_.reserve(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (const auto& data = shown.objects[i].data)
        file_.stream(base + i + 1, std::string_view(texts[i]).substr(2, texts[i].size() - 4),
                     {&*data, 1});
      else
        file_.object(base + i + 1, texts[i]);
    }
    for (const pipeline::ShownPage& page : shown.pages)
      to.drawings.push_back({base + page.object, false, 1, page.left, page.bottom,
                             page.right - page.left, page.top - page.bottom});
    return true;
  }

  std::string number_text(std::size_t page) const {
    return "第 " + std::to_string(page + 1) + " 页 / 共 " +
           std::to_string(cover_pages_ + shown_pages_) + " 页";
  }

  /// As long as its contents are; how long that is is known when they are laid out.
  Document whole_cover() {
    Document pages = cover();
    while (pages.pages() != cover_pages_) {
      cover_pages_ = pages.pages();
      pages = cover();
    }
    return pages;
  }

  void put_information() {
    information_ = file_.reserve();
    file_.object(information_,
                 information(metadata("卷宗 " + payload_["case"].text(), payload_["unit"].text(),
                                      payload_, payload_["received_at"])));
  }

  Document cover() const {
    const std::string number = payload_["case"].text();
    Furniture furniture;
    furniture.title = "卷宗目录";
    furniture.running = "编号：" + number + "　" + round_text(payload_);
    furniture.footer =
        footer("案件 " + number + " " + round_text(payload_), payload_, payload_["received_at"]);
    furniture.number = [&](std::size_t page, std::size_t) { return number_text(page); };
    Sheet sheet(kit_.typefaces, furniture);
    sheet.title("卷　宗");
    sheet.gap(4);
    sheet.ends(payload_["kind"].text(), "编号：" + number + "　" + round_text(payload_),
               {Role::Song, 10, Align::Left, 1.7, 0});
    std::vector<Row> rows{
        pair("申报单位", payload_["unit"].text(), "统一社会\n信用代码", payload_["uscc"].text())};
    if (const std::string applicant = payload_["applicant"].text(); !applicant.empty())
      rows.push_back(pair("申请人", applicant, "申报职称", payload_["title"].text()));
    rows.push_back(single("送审", payload_["reviewer"].text()));
    rows.push_back(
        pair("收件时间", time_text(payload_["received_at"]), "材料",
             std::to_string(items_.size()) + " 件，" + std::to_string(shown_pages_) + " 页"));
    append_contents(rows);
    sheet.rows(std::move(rows));
    return sheet.finish();
  }

  void append_contents(std::vector<Row>& rows) const {
    rows.push_back(heading("目录"));
    const int header = static_cast<int>(rows.size());
    rows.push_back(list_header({{10, "序号"},
                                {13, "编号"},
                                {40, "材料"},
                                {50, "文件"},
                                {12, "页数"},
                                {14, "起始页"},
                                {26, "备注"}}));
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const Item& item = items_[i];
      const Value& a = *item.attachment;
      const bool shown = item.stored->why_not.empty();
      std::string note = shown ? "" : "未能显示，原因见该页";
      if (item.stored != &too_many_ && item.stored->first_item != i)
        note += (note.empty() ? "" : "；") +
                ("与第 " + std::to_string(item.stored->first_item + 1)) + " 件是同一文件";
      rows.push_back(list_row(
          {small(10, std::to_string(i + 1), Align::Centre),
           small(13, or_none(a["slot"].text()), Align::Centre),
           small(40, a["slot"].text().empty() ? "未归入材料目录" : or_none(a["name"].text())),
           small(50, item.file()),
           small(12, shown ? std::to_string(item.stored->pages()) : std::string(kNone),
                 Align::Centre),
           small(14, std::to_string(cover_pages_ + item.first_page + 1), Align::Centre),
           small(26, note)},
          header));
    }
    if (items_.empty())
      rows.push_back(list_row({small(1, "未提供任何附件", Align::Centre)}, header));
  }

  void put_pages() {
    // What stands around the attachments is in memory for so many pages at a time.
    constexpr std::size_t kAtATime = 200;
    std::optional<DossierPages> pages(std::in_place, kit_.typefaces, whole_cover());
    std::vector<std::pair<const Drawing*, DossierPages::Laid>> laid;
    const auto put_laid = [&] {
      const std::vector<Document::Drawn> drawn = pages->document().draw(file_);
      const std::size_t cover = drawn.size() - laid.size();
      for (std::size_t i = 0; i < cover; ++i)
        add_page(kPageWidth, kPageHeight, reference(drawn[i].resources),
                 put_content(file_, "", drawn[i].content));
      for (std::size_t i = 0; i < laid.size(); ++i)
        put_page(laid[i].first, laid[i].second, drawn[cover + i]);
      laid.clear();
    };
    for (const Item& item : items_) {
      const std::size_t count = item.stored->pages();
      for (std::size_t i = 0; i < count; ++i) {
        if (laid.size() == kAtATime) {
          put_laid();
          pages.emplace(kit_.typefaces, Document(kit_.typefaces));
        }
        const Words words{
            item.slot() + "　" + item.file(),
            "本件第 " + std::to_string(i + 1) + " 页，共 " + std::to_string(count) + " 页",
            "案件 " + payload_["case"].text() + " " + round_text(payload_),
            number_text(cover_pages_ + item.first_page + i)};
        const Stored& stored = *item.stored;
        if (stored.drawings.empty())
          laid.emplace_back(nullptr,
                            pages->add({item.slot(), item.file(), stored.why_not, stored.what_to_do,
                                        (*item.attachment)["sha256"].text()},
                                       words));
        else
          laid.emplace_back(&stored.drawings[i], pages->add(stored.drawings[i], words));
      }
    }
    put_laid();
  }

  void put_page(const Drawing* drawing, const DossierPages::Laid& laid,
                const Document::Drawn& words) {
    std::string box = "[0 0 ";
    produce::put(box, laid.width);
    produce::put(box, laid.height);
    const Number around = put_content(
        file_,
        "/Type/XObject/Subtype/Form/BBox" + box + "]/Resources " + reference(words.resources),
        words.content);
    const Number content = put_content(file_, "", laid.drawing + "/S Do\n");
    add_page(laid.width, laid.height,
             "<</XObject<</S " + reference(around) +
                 (drawing ? "/P " + reference(drawing->object) : std::string()) + ">>>>",
             content);
  }

  void add_page(double width, double height, const std::string& resources, Number content) {
    std::string text = "<</Type/Page/MediaBox[0 0 ";
    produce::put(text, width);
    produce::put(text, height);
    pages_.emplace_back(file_.reserve(),
                        text + "]/Resources " + resources + "/Contents " + reference(content));
  }

  struct Mark {
    std::string title;
    std::size_t page = 0;
    std::vector<Mark> inner{};
  };

  /// The slots, and under each its files.
  Number put_outline() {
    std::vector<Mark> marks{{"封面和目录", 0}};
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const std::size_t page = cover_pages_ + items_[i].first_page;
      if (i == 0 || items_[i].slot() != items_[i - 1].slot())
        marks.push_back({items_[i].slot(), page});
      marks.back().inner.push_back({items_[i].file(), page});
    }
    const Number root = file_.reserve();
    const Number first = put_marks(marks, root);
    file_.object(root, "<</Type/Outlines/First " + reference(first) + "/Last " +
                           reference(first + marks.size() - 1) + "/Count " +
                           std::to_string(marks.size() + items_.size()) + ">>");
    return root;
  }

  Number put_marks(const std::vector<Mark>& marks, Number parent) {
    const Number first = file_.reserve(marks.size());
    for (std::size_t i = 0; i < marks.size(); ++i) {
      const Mark& mark = marks[i];
      std::string text = "<</Title" + text_string(mark.title) + "/Parent " + reference(parent) +
                         "/Dest[" + reference(pages_[mark.page].first) + "/Fit]";
      if (i > 0) text += "/Prev " + reference(first + i - 1);
      if (i + 1 < marks.size()) text += "/Next " + reference(first + i + 1);
      if (!mark.inner.empty()) {
        const Number inner = put_marks(mark.inner, first + i);
        text += "/First " + reference(inner) + "/Last " + reference(inner + mark.inner.size() - 1) +
                "/Count " + std::to_string(mark.inner.size());
      }
      file_.object(first + i, text + ">>");
    }
    return first;
  }

  const Value& payload_;
  const Kit& kit_;
  pipeline::Attachments& attachments_;
  PdfFile file_;
  std::vector<Item> items_;
  std::map<std::string, Stored> stored_;  ///< by SHA-256
  Stored too_many_;                       ///< in place of what there is no room for
  std::size_t cover_pages_ = 1, shown_pages_ = 0;
  std::vector<std::pair<Number, std::string>> pages_;  ///< with their dictionaries, still open
  Number information_ = 0;
};

}  // namespace

void put_dossier(const Value& payload, const Kit& kit, pipeline::Attachments& attachments,
                 const pipeline::Sink& put) {
  Dossier(payload, kit, attachments, put).write();
}

}  // namespace produce
