#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace hwledger {

// Collects rules in GBNF under names that begin with one of their own, and
// knows those of JSON itself.
class SchemaRules {
 public:
  explicit SchemaRules(std::string_view name) : name_(name) {}

  // Reserves the name of a rule that is defined later.
  std::string NewName();
  void Define(std::string_view name, std::string_view body);
  // Defines a rule and returns its name.
  std::string Add(std::string_view body);

  // The names of rules. Each is written when it is asked for first.

  std::string Space();  // Between JSON's tokens; never much.
  std::string Character();
  std::string String();
  std::string Value();

  // InvalidArgument: they have become more than a grammar may be.
  absl::Status Validate() const;
  std::string Take() { return std::move(text_); }

 private:
  std::string Once(std::string_view what,
                   const std::function<std::string()>& body);

  const std::string name_;
  std::string text_;
  int64_t count_ = 0;
  std::map<std::string, std::string, std::less<>> names_;
};

}  // namespace hwledger
