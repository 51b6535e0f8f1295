#include "server/json_body.h"

#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/model/shallow_json.h"
#include "nlohmann/json.hpp"
#include "server/await_work.h"

namespace hwledger {

boost::asio::awaitable<absl::StatusOr<nlohmann::json>> ParseJsonBody(
    boost::asio::any_io_executor workers, const std::string& body) {
  absl::StatusOr<nlohmann::json> parsed;
  // A prompt may be all of it.
  const auto parse = [&] { parsed = ParseShallowJson(body, std::ssize(body)); };
  co_await AwaitWork(std::move(workers), body.size(), parse);
  if (!parsed.ok()) {
    co_return absl::InvalidArgumentError(
        absl::StrCat("the body is not JSON: ", parsed.status().message()));
  }
  if (!parsed->is_object()) {
    co_return absl::InvalidArgumentError("the body must be a JSON object");
  }
  co_return parsed;
}

}  // namespace hwledger
