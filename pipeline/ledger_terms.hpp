#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Terms: under which values a document is found, as its row and the index keep them. For ledger*.cpp only.

namespace pipeline {

/// A key as it is kept: a server's index takes no text of more than 2,700 bytes.
std::string kept_key(std::string_view key);
/// Half a digest tells as well which it is, and no value is kept more often; any other value as it is.
std::string kept_digest(std::string_view value);
/// A value as it is kept: like a key, and of a digest the half.
std::string kept_value(std::string_view value);

/// Pairs of field and kept value, in order, each once.
using Terms = std::vector<std::pair<std::string, std::string>>;

Terms in_order(Terms terms);
Terms kept_terms(Terms index);
/// As the document's row has them; "" if there are none.
std::string text_of(const Terms& terms);
Terms terms_of(const std::string& text);

}  // namespace pipeline
