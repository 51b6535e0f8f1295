#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/http_message.h"

// A port on this machine can be reached by every web page that a browser on it
// shows. These rules keep pages out that nobody has let in.
namespace hwledger {

struct HttpAccess {
  // Names of this machine beside its loopback ones: "box.lan", without a port.
  std::vector<std::string> hosts;
  // Pages that may ask: "https://app.example", "http://localhost:3000".
  std::vector<std::string> origins;
};

// Of the settings http_hosts and http_origins, each a list with commas.
// InvalidArgument: an origin that is none.
absl::StatusOr<HttpAccess> ParseHttpAccess(std::string_view hosts,
                                           std::string_view origins);

// The refusal of a request, by its head alone; nothing where it may go on.
//
// A name of ours in Host, or else a page whose name was made to point here
// reads what it likes (DNS rebinding). No Origin but ours and those let in, and
// no POST of a type that a page may send unasked (cross-site request forgery).
std::optional<HttpResponse> RefusalOf(const HttpAccess& access,
                                      const HttpRequest& request);

// Headers that let the page read the answer; none where none asks.
HttpHeaders CorsHeaders(const HttpAccess& access, const HttpRequest& request);

// The answer to a browser that asks whether a page may send a request.
HttpResponse PreflightResponse(const HttpRequest& request);

}  // namespace hwledger
