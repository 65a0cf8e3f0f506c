#pragma once

#include <string>
#include <string_view>

// Server address: what a postgresql:// URL says.
//
//   takes   postgresql://[user[:password]@]host[:port]/database[?parameter=value&…], %XX where needed; a host that is a folder
//           (%2Frun%2Fpostgresql) is the server's socket there; parameters are libpq's (sslmode, sslrootcert, …)
//   faults  Stop: not such a URL; a space in a value, which the library underneath cannot pass on

namespace pipeline {

struct ServerAddress {
  std::string connection;  ///< "host=… dbname=…", for the library; holds the password
  std::string password;    ///< so that it can be kept out of messages; "" if the URL has none
  std::string shown;       ///< the URL without password and parameters, for people
};

bool is_server_url(std::string_view place);
ServerAddress parse_server_url(std::string_view url);

}  // namespace pipeline
