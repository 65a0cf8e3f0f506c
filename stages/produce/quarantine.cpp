#include "stages/produce/quarantine.hpp"

#include "pipeline/text.hpp"
#include "stages/produce/parts.hpp"

namespace produce {

using pipeline::Value;

namespace {

/// Nothing that the office could repair.
bool is_our_mistake(const Value& payload) {
  for (const Value& finding : payload["findings"].items())
    if (finding["code"].text() == "INTERNAL_ERROR") return true;
  return false;
}

}  // namespace

std::vector<pipeline::Paper> quarantine(const std::string& folder, const Value& payload) {
  constexpr std::size_t kLongest = 225;  // bytes, of the 255 that a file system takes
  std::string name =
      pipeline::shorten(pipeline::replace_all(payload["bundle"].text(), "/", "_"), kLongest);
  if (name.empty() || name == "." || name == ".." || name == "原因.txt" ||
      pipeline::ascii_lower(name) == "reason.json") {
    name = "original-" + name;
  }
  // Notepad of older Windows takes a text without byte-order mark for GBK, and needs CR.
  std::string text = "\xEF\xBB\xBF无法打开的投递\r\n\r\n";
  text += "文件：" + payload["bundle"].text() + "\r\n";
  text += "投递文件夹：" + payload["drop"].text() + "\r\n";
  text += "收到时间：" + time_text(payload["received_at"]) + "\r\n";
  text += "SHA-256：" + payload["sha256"].text() + "\r\n\r\n原因：\r\n";
  for (std::size_t i = 0; i < payload["findings"].size(); i++) {
    const Value& finding = payload["findings"][i];
    text += std::to_string(i + 1) + ". " + finding["message"].text();
    if (const std::string where = finding["where"].text(); !where.empty())
      text += "（位置：" + where + "）";
    text += "\r\n";
    if (const std::string hint = finding["hint"].text(); !hint.empty())
      text += "   怎么办：" + hint + "\r\n";
    if (const std::string rule = finding["rule"].text(); !rule.empty())
      text += "   依据：" + rule + "\r\n";
  }
  const std::string command = "dossier release " + folder;
  text += "\r\n下一步：\r\n";
  if (is_our_mistake(payload)) {
    text +=
        "投递单位不需要做什么。系统管理员在程序修好以后，用下面的命令把原文件放回收件箱，重新办理："
        "\r\n";
  } else {
    text +=
        "投递单位：按上面的说明重新打包后，投递到原来的文件夹。\r\n"
        "系统管理员：如果原因不在材料本身（例如限额已经放宽、程序已经更新），可以用下面的命令把原文"
        "件放回收"
        "件箱，重新办理：\r\n";
  }
  text += "    " + command +
          "\r\n\r\n原文件未作任何改动，存档中另有一份；放回以后，本文件夹会被收走。\r\n";
  pipeline::Paper original, reason, readable;
  original.path = folder + "/" + name;
  original.from_vault = payload["sha256"].string();
  reason.path = folder + "/reason.json";
  Value told = payload;
  told.set("release", command);
  reason.bytes = told.dump(true) + "\n";
  readable.path = folder + "/原因.txt";
  readable.bytes = std::move(text);
  return {original, reason, readable};
}

}  // namespace produce
