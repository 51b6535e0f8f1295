#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/qt/fake/behaviour.h"

namespace hwledger {

// A stand-in for the daemon, for tests of what is around it and for showing the
// client where there is none. It listens on a Unix socket in a folder of its
// own and answers what a real daemon once answered; it knows nothing about
// models.
class FakeDaemon {
 public:
  static absl::StatusOr<std::unique_ptr<FakeDaemon>> Start();
  ~FakeDaemon();
  FakeDaemon(const FakeDaemon&) = delete;
  FakeDaemon& operator=(const FakeDaemon&) = delete;

  // As clients take it. It stays the same.
  std::string address() const;

  Behaviour& behaviour();
  // What it writes, whatever it is asked.
  const std::string& answer_markdown() const;

  // As if the daemon were killed: calls end, and what was loaded is lost.
  void Stop();
  // Nothing, where it runs.
  absl::Status StartAgain();

 private:
  struct Parts;

  explicit FakeDaemon(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace hwledger
