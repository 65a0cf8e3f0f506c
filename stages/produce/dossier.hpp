#pragma once

#include "pipeline/attachments.hpp"
#include "pipeline/paper.hpp"
#include "stages/produce/kit.hpp"

namespace produce {

/// 卷宗: a cover with the contents, then every attachment of the case as pages, by slot; for one that cannot be shown a page that
/// says why. Attachments are taken one after the other as they are put: the dossier is never in memory as a whole. A file that
/// stands in two places is stored once. Faults: those of `attachments`.
void put_dossier(const pipeline::Value& payload, const Kit& kit, pipeline::Attachments& attachments,
                 const pipeline::Sink& put);

}  // namespace produce
