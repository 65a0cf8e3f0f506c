#include "pipeline/server_address.hpp"

#include <charconv>
#include <utility>

#include "pipeline/fault.hpp"

namespace pipeline {

namespace {

constexpr std::string_view kSchemes[] = {"postgresql://", "postgres://"};

[[noreturn]] void bad(const std::string& why) {
  throw Fault(FaultKind::Stop, "read the address of the ledger",
              why + " (example: postgresql://dossier@db.example/dossier)");
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned byte = 0;
    const char* from = text.data() + i + 1;
    if (i + 2 >= text.size() || std::from_chars(from, from + 2, byte, 16).ptr != from + 2 ||
        byte == 0)
      bad("% must be followed by two hexadecimal digits");
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

/// The part before the mark; `text` keeps what comes after it, or nothing.
std::string_view cut(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  const std::string_view before = text.substr(0, at);
  text = at == text.npos ? std::string_view() : text.substr(at + 1);
  return before;
}

void add(std::string& connection, std::string_view key, const std::string& value) {
  if (value.empty()) return;
  connection += connection.empty() ? "" : " ";
  connection += std::string(key) + '=';
  for (const char c : value) {
    if (c == ' ' || c == '\t' || c == '\n')
      bad(std::string(key) + " must not hold a space; put a password that does into ~/.pgpass");
    if (c == '\'' || c == '\\') connection += '\\';
    connection += c;
  }
}

}  // namespace

bool is_server_url(std::string_view place) {
  for (const std::string_view scheme : kSchemes)
    if (place.starts_with(scheme)) return true;
  return false;
}

ServerAddress parse_server_url(std::string_view url) {
  if (!is_server_url(url)) bad("it does not begin with postgresql://");
  std::string_view parameters = url.substr(url.find("://") + 3);
  std::string_view path = cut(parameters, '?');
  std::string_view authority = cut(path, '/');
  std::string user;
  ServerAddress address;
  if (const std::size_t at = authority.rfind('@'); at != authority.npos) {
    std::string_view password = authority.substr(0, at);
    authority = authority.substr(at + 1);
    user = decoded(cut(password, ':'));
    address.password = decoded(password);
  }
  std::string_view port = authority;
  std::string host;
  if (authority.starts_with('[')) {
    host = decoded(cut(port, ']').substr(1));
    if (port.starts_with(':')) port.remove_prefix(1);
  } else {
    host = decoded(cut(port, ':'));
  }
  add(address.connection, "host", host);
  add(address.connection, "port", decoded(port));
  add(address.connection, "user", user);
  add(address.connection, "password", address.password);
  add(address.connection, "dbname", decoded(path));
  while (!parameters.empty()) {
    std::string_view value = cut(parameters, '&');
    const std::string key = decoded(cut(value, '='));
    if (key == "password") address.password = decoded(value);
    add(address.connection, key, decoded(value));
  }
  if (address.connection.empty()) bad("it names no server");
  address.shown = "postgresql://" + (user.empty() ? "" : user + '@') + host +
                  (port.empty() ? "" : ':' + std::string(port)) + '/' + std::string(path);
  return address;
}

}  // namespace pipeline
