#include "app/sample_prose.hpp"

#include <vector>

#include "pipeline/text.hpp"

namespace app {
namespace {

using Words = std::string_view;

constexpr Words kOpenings[] = {
    "本人自{since}年参加工作以来，一直在{specialty}岗位从事专业技术工作，现就职于{unit}"
    "。现将任现职以来的主要工作总结如下。",
    "{since}年参加工作，先后承担{specialty}方面的多项任务，目前在{unit}"
    "工作。任现职以来，认真履行岗位职责，现总结如下。"};

constexpr Words kSentences[] = {
    "始终坚持正确的政治方向，遵守国家法律法规和单位各项规章制度，爱岗敬业，廉洁自律，团结同事。",
    "围绕{specialty}的重点和难点，每年制定个人工作计划，按月对照检查，按期完成岗位任务。",
    "作为业务骨干参与本单位年度重点项目，负责方案编制、过程记录和资料归档，项目一次通过验收。",
    "针对实际工作中反复出现的问题，收集三年的原始数据进行对比分析，提出改进办法并在单位内部推广。",
    "坚持深入一线，平均每月在现场工作不少于十五天，及时解决基层提出的技术问题。",
    "承担新进人员的传帮带任务，先后指导四名年轻同志，其中两人已能独立承担工作。",
    "主动学习本专业的新标准、新规范和新方法，每年参加继续教育不少于九十学时，并做好学习笔记。",
    "参加单位组织的对口支援工作，利用休息时间为乡镇同行开展业务讲座，受到当地群众好评。",
    "注重总结提炼，把工作中的经验整理成文，与同行交流，相关做法被单位采纳为内部操作要求。",
    "在质量管理方面，严格执行三级审核制度，经手的技术资料完整、准确，未发生责任事故。",
    "积极参与信息化建设，协助建立{specialty}电子档案，使资料查询时间由半天缩短到几分钟。",
    "在急难险重任务面前主动请缨，连续多日坚守岗位，保证了任务按时保质完成。",
    "重视安全工作，定期组织自查，对发现的隐患逐条登记、逐条销号，全年无安全事故。",
    "服从组织安排，同时承担两个岗位的工作，做到分工不分家，工作量位居同岗位前列。",
    "能够正确对待荣誉和不足，虚心听取意见，在年度考核中均为合格以上等次。",
    "参与编写本单位的{specialty}工作手册，负责其中两章的起草和全书的校对。",
    "与高校和兄弟单位保持联系，参加学术交流活动，拓宽了工作思路。",
    "配合完成上级部门组织的专项检查，对提出的整改意见逐项落实，按期提交整改报告。"};

constexpr Words kClosings[] = {
    "在今后的工作中，我将继续努力学习，不断提高专业技术水平，为{unit}的发展作出应有的贡献。",
    "回顾这些年的工作，成绩属于集体，自己在理论研究方面还有差距。今后将加强学习，更好地服务于{"
    "specialty}工作。"};

constexpr Words kAchievements[] = {"{specialty}质量提升项目", "基层{specialty}规范化建设",
                                   "{specialty}示范点建设", "{specialty}技术攻关课题",
                                   "{specialty}公开课与现场观摩"};

constexpr Words kTitles[] = {"{specialty}实践中若干问题的探讨",
                             "基层单位{specialty}工作的现状与对策", "浅谈{specialty}的质量控制",
                             "{specialty}方法改进及其效果分析"};

std::string filled(Words text, Words unit, Words specialty, Words since) {
  std::string out = pipeline::replace_all(std::string(text), "{unit}", unit);
  out = pipeline::replace_all(std::move(out), "{specialty}", specialty);
  return pipeline::replace_all(std::move(out), "{since}", since);
}

}  // namespace

std::string achievement_name(Random& random, std::string_view specialty) {
  return filled(random.pick(kAchievements), {}, specialty, {});
}

std::string paper_title(Random& random, std::string_view specialty) {
  return filled(random.pick(kTitles), {}, specialty, {});
}

std::string work_summary(Random& random, std::string_view unit, std::string_view specialty,
                         std::string_view since) {
  std::string out = filled(random.pick(kOpenings), unit, specialty, since);
  std::vector<Words> left(std::begin(kSentences), std::end(kSentences));
  constexpr Words kHeadings[] = {"一、思想政治方面。", "二、专业技术方面。", "三、培养人才方面。",
                                 "四、今后打算。"};
  const int count = random.between(6, static_cast<int>(left.size()));
  for (int i = 0; i < count; ++i) {
    if (i % ((count + 2) / 3) == 0) out += "\n" + std::string(kHeadings[i / ((count + 2) / 3)]);
    const auto at = static_cast<std::size_t>(random.between(0, static_cast<int>(left.size()) - 1));
    out += filled(left[at], unit, specialty, since);
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(at));
  }
  out += "\n" + std::string(kHeadings[3]) + filled(random.pick(kClosings), unit, specialty, since);
  return out;
}

}  // namespace app
