#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace hwledger {

using MethodDescriptor = google::protobuf::MethodDescriptor;

// The methods of some services, as the contract describes them: what it gains
// is here without a word.
class HttpMethods {
 public:
  // By full names, each in the program.
  explicit HttpMethods(const std::vector<std::string>& services);

  // By path, "/hwledger.v1.Planner/EstimateVram".
  const std::map<std::string, const MethodDescriptor*, std::less<>>& by_path()
      const {
    return by_path_;
  }
  // Null: there is none.
  const MethodDescriptor* Find(std::string_view path) const;

 private:
  std::map<std::string, const MethodDescriptor*, std::less<>> by_path_;
};

// Whether asking changes nothing, so that it may be a GET.
bool HasNoSideEffects(const MethodDescriptor& method);

// An empty message of the type.
std::unique_ptr<google::protobuf::Message> NewMessage(
    const google::protobuf::Descriptor& type);

}  // namespace hwledger
