#pragma once

#include "stages/decide/matter.hpp"

// Classification (X30, domain §2): whether series, level and title name fit together. A level follows from series and name,
// never from the name alone (讲师, 馆员, 编辑 belong to several series).

namespace decide {

/// Reports what does not fit, and writes an old or nonstandard title name of the form as it is called today.
void classify(Matter& matter, pipeline::Value& form);

}  // namespace decide
