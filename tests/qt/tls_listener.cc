#include "tests/qt/tls_listener.h"

#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/auth_metadata_processor.h>

#include <QFile>
#include <QProcess>
#include <QStringList>
#include <chrono>
#include <utility>

namespace hwledger {
namespace {

class OnlyWithToken : public grpc::AuthMetadataProcessor {
 public:
  explicit OnlyWithToken(std::string token) : token_(std::move(token)) {}

  grpc::Status Process(const InputMetadata& metadata,
                       grpc::AuthContext* /*context*/,
                       OutputMetadata* /*consumed*/,
                       OutputMetadata* /*response*/) override {
    const auto found = metadata.find("authorization");
    if (found != metadata.end() && found->second == "Bearer " + token_) {
      return grpc::Status::OK;
    }
    return {grpc::StatusCode::UNAUTHENTICATED, "this token is not known"};
  }

 private:
  const std::string token_;
};

void RunOpenssl(const QString& arguments) {
  QProcess program;
  program.start("openssl", arguments.split(' '));
  ASSERT_TRUE(program.waitForFinished()) << arguments.toStdString();
  ASSERT_EQ(program.exitCode(), 0)
      << program.readAllStandardError().toStdString();
}

std::string Contents(const std::string& path) {
  QFile file(QString::fromStdString(path));
  EXPECT_TRUE(file.open(QIODevice::ReadOnly)) << path;
  return file.readAll().toStdString();
}

void MakeCertificates(const std::string& folder) {
  const QString at = QString::fromStdString(folder);
  const QString key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
  for (const QString name : {"ca", "other"}) {
    RunOpenssl(QString("req -x509 %1 -days 2 -subj /CN=%2 -keyout %3/%2.key "
                       "-out %3/%2.pem")
                   .arg(key, name, at));
  }
  RunOpenssl(QString("req -x509 %1 -days 2 -subj /CN=listener -addext "
                     "subjectAltName=IP:127.0.0.1 -CA %2/ca.pem -CAkey "
                     "%2/ca.key -keyout %2/own.key -out %2/own.pem")
                 .arg(key, at));
}

}  // namespace

TlsListener::TlsListener(const std::string& token) {
  MakeCertificates(folder_.path());
  grpc::SslServerCredentialsOptions options;
  options.pem_key_cert_pairs = {{.private_key = Contents(folder_ / "own.key"),
                                 .cert_chain = Contents(folder_ / "own.pem")}};
  const auto credentials = grpc::SslServerCredentials(options);
  credentials->SetAuthMetadataProcessor(std::make_shared<OnlyWithToken>(token));
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", credentials, &port_);
  builder.RegisterService(&service_);
  server_ = builder.BuildAndStart();
}

// Whoever still watches its health is not waited for.
TlsListener::~TlsListener() {
  server_->Shutdown(std::chrono::system_clock::now());
}

std::string TlsListener::address() const {
  return "127.0.0.1:" + std::to_string(port_);
}

}  // namespace hwledger
