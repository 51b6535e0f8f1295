#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "hwledger/v1/ledger.grpc.pb.h"
#include "tests/temporary_folder.h"

namespace hwledger {

// Listens with TLS for those who have the token, as a daemon behind a proxy
// does; it serves nothing but its health. Its certificate is made anew.
class TlsListener {
 public:
  explicit TlsListener(const std::string& token);
  ~TlsListener();

  // "127.0.0.1:PORT".
  std::string address() const;
  // That of the authority which signed the listener's.
  std::string certificate_path() const { return folder_ / "ca.pem"; }
  // One of an authority that has signed nothing.
  std::string other_certificate_path() const { return folder_ / "other.pem"; }

 private:
  TemporaryFolder folder_;
  int port_ = 0;
  // gRPC starts no server that has none.
  v1::Ledger::Service service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace hwledger
