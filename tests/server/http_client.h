#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/log/check.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace hwledger {

// What came, with the body's pieces put together.
struct HttpReply {
  int status = 0;  // 0: nothing came, or something else.
  std::map<std::string, std::string> headers;  // By lower-case name.
  std::string body;
};

// One connection, which sends what a test likes, also what is no HTTP.
class HttpClient {
 public:
  static constexpr std::string_view kJson =
      "Content-Type: application/json\r\n";

  explicit HttpClient(int port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK_EQ(
        connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)),
        0);
  }
  explicit HttpClient(const std::string& socket_path)
      : fd_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    CHECK_LT(socket_path.size(), sizeof(address.sun_path));
    socket_path.copy(address.sun_path, socket_path.size());
    CHECK_EQ(
        connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)),
        0);
  }
  HttpClient(HttpClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)),
        received_(std::move(other.received_)) {}
  ~HttpClient() {
    if (fd_ >= 0) close(fd_);
  }

  // False: the other end has had enough.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  HttpReply Get(std::string_view target, std::string_view headers = "") {
    Send(absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: localhost\r\n",
                      headers, "\r\n"));
    return Read();
  }
  HttpReply Post(std::string_view target, std::string_view body,
                 std::string_view headers = kJson) {
    SendPost(target, body, headers);
    return Read();
  }
  // For an answer that is read in pieces, or not at all.
  void SendPost(std::string_view target, std::string_view body,
                std::string_view headers = kJson) {
    Send(absl::StrCat("POST ", target, " HTTP/1.1\r\nHost: localhost\r\n",
                      "Content-Length: ", body.size(), "\r\n", headers, "\r\n",
                      body));
  }

  HttpReply Read() {
    HttpReply reply = ReadHead();
    if (reply.headers["transfer-encoding"] == "chunked") {
      while (true) {
        std::string piece = ReadPiece();
        if (piece.empty()) break;
        reply.body += piece;
      }
    } else {
      size_t length = 0;
      if (absl::SimpleAtoi(reply.headers["content-length"], &length)) {
        reply.body = Take(length);
      }
    }
    return reply;
  }

  HttpReply ReadHead() {
    HttpReply reply;
    const std::string head = TakeThrough("\r\n\r\n");
    for (std::string_view line : absl::StrSplit(head, "\r\n")) {
      if (absl::StartsWith(line, "HTTP/1.1 ")) {
        std::ignore = absl::SimpleAtoi(line.substr(9, 3), &reply.status);
      } else if (const size_t colon = line.find(": "); colon != line.npos) {
        reply.headers[absl::AsciiStrToLower(line.substr(0, colon))] =
            line.substr(colon + 2);
      }
    }
    return reply;
  }

  // The next piece of a body that comes in pieces; empty at its end.
  std::string ReadPiece() {
    std::string head = TakeThrough("\r\n");
    size_t size = 0;
    std::ignore = absl::SimpleHexAtoi(absl::StripAsciiWhitespace(head), &size);
    std::string piece = Take(size);
    TakeThrough("\r\n");
    return piece;
  }

  // The last one before the end.
  std::string ReadLastPiece() {
    std::string last;
    for (std::string piece = ReadPiece(); !piece.empty(); piece = ReadPiece()) {
      last = std::move(piece);
    }
    return last;
  }

  // Whether the other end has closed; waits for it.
  bool IsClosed() { return received_.empty() && !Receive(); }

 private:
  bool Receive() {
    char bytes[65536];
    const ssize_t size = recv(fd_, bytes, sizeof(bytes), 0);
    if (size > 0) received_.append(bytes, static_cast<size_t>(size));
    return size > 0;
  }
  std::string Take(size_t size) {
    while (received_.size() < size && Receive()) {
    }
    std::string taken = received_.substr(0, size);
    received_.erase(0, size);
    return taken;
  }
  std::string TakeThrough(std::string_view end) {
    size_t found = received_.find(end);
    while (found == received_.npos && Receive()) found = received_.find(end);
    return found == received_.npos ? "" : Take(found + end.size());
  }

  int fd_;
  std::string received_;
};

}  // namespace hwledger
