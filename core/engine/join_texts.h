#pragma once

#include <utility>
#include <variant>

#include "core/engine/generation.h"

namespace hwledger {

// Makes one of two events that follow each other, where both are tokens or
// both are thoughts. False: they are not. `Event`: a variant that has these.
template <typename Event>
bool JoinTexts(Event& next, Event& event) {
  const auto joins = [&]<typename Text>(Text* more) {
    auto* text = std::get_if<Text>(&event);
    if (more == nullptr || text == nullptr) return false;
    Append(std::move(*more), *text);
    return true;
  };
  return joins(std::get_if<Token>(&next)) ||
         joins(std::get_if<Reasoning>(&next));
}

}  // namespace hwledger
