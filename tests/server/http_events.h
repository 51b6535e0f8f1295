#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "nlohmann/json.hpp"

namespace hwledger {

// One of a body of text/event-stream.
struct HttpEvent {
  std::string name;
  std::string text;
  // What the text is, where it is JSON.
  nlohmann::json data;
};

inline std::vector<HttpEvent> EventsOf(std::string_view body) {
  std::vector<HttpEvent> events;
  for (std::string_view block :
       absl::StrSplit(body, "\n\n", absl::SkipEmpty())) {
    HttpEvent event;
    for (std::string_view line : absl::StrSplit(block, '\n')) {
      if (absl::ConsumePrefix(&line, "event: ")) event.name = line;
      if (absl::ConsumePrefix(&line, "data: ")) event.text = line;
    }
    event.data = nlohmann::json::parse(event.text, /*cb=*/nullptr,
                                       /*allow_exceptions=*/false);
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace hwledger
