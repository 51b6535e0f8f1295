#include "server/http_methods.h"

#include <cassert>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.pb.h"

namespace hwledger {

HttpMethods::HttpMethods(const std::vector<std::string>& services) {
  for (const std::string& name : services) {
    const google::protobuf::ServiceDescriptor* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
            name);
    assert(service != nullptr);
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor* method = service->method(i);
      by_path_.emplace(absl::StrCat("/", name, "/", method->name()), method);
    }
  }
}

const MethodDescriptor* HttpMethods::Find(std::string_view path) const {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? nullptr : found->second;
}

bool HasNoSideEffects(const MethodDescriptor& method) {
  return method.options().idempotency_level() ==
         google::protobuf::MethodOptions::NO_SIDE_EFFECTS;
}

std::unique_ptr<google::protobuf::Message> NewMessage(
    const google::protobuf::Descriptor& type) {
  return std::unique_ptr<google::protobuf::Message>(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(&type)
          ->New());
}

}  // namespace hwledger
