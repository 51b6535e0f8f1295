#include "server/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "boost/asio/thread_pool.hpp"
#include "tests/server/http_client.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Says what it was asked.
boost::asio::awaitable<void> Echo(HttpExchange& exchange) {
  const HttpRequest& request = exchange.request();
  co_await exchange.Send(
      {.content_type = "text/plain",
       .body = absl::StrCat(request.method, " ", request.path, "?",
                            request.query, "\n", request.body)});
}

class HttpServerTest : public testing::Test {
 protected:
  ~HttpServerTest() override {
    if (server_) server_->Stop();
    thread_.join();
  }

  void Start(HttpRoute route = Echo) {
    auto server =
        HttpServer::Start(settings_, thread_.get_executor(), std::move(route));
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
  }
  HttpClient Connect() const { return HttpClient(server_->port()); }

  HttpSettings settings_ = {.address = "127.0.0.1:0"};
  boost::asio::thread_pool thread_{1};
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersOneRequestAfterAnotherOnAConnection) {
  Start();
  HttpClient client = Connect();

  const HttpReply first = client.Get("/a?b=c");
  const HttpReply second = client.Post("/d", "{}");

  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, "GET /a?b=c\n");
  EXPECT_EQ(first.headers.at("content-type"), "text/plain");
  EXPECT_EQ(second.body, "POST /d?\n{}");
}

TEST_F(HttpServerTest, AnswersRequestsThatWereSentAtOnceInOrder) {
  Start();
  HttpClient client = Connect();

  client.Send(
      "GET /1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "GET /2 HTTP/1.1\r\nHost: localhost\r\n\r\n");

  EXPECT_EQ(client.Read().body, "GET /1?\n");
  EXPECT_EQ(client.Read().body, "GET /2?\n");
}

TEST_F(HttpServerTest, ListensOnAUnixSocket) {
  settings_ = {.socket_path = TestFile("http.sock")};
  Start();

  EXPECT_EQ(HttpClient(settings_.socket_path).Get("/").body, "GET /?\n");
  EXPECT_EQ(server_->port(), 0);
}

TEST_F(HttpServerTest, EndsTheConnectionWhereTheClientWantsThat) {
  Start();
  HttpClient client = Connect();

  const HttpReply reply = client.Get("/", "Connection: close\r\n");

  EXPECT_EQ(reply.headers.at("connection"), "close");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(HttpServerTest, TellsAHeadWithoutTheBody) {
  Start();
  HttpClient client = Connect();

  client.Send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");

  EXPECT_EQ(client.ReadHead().headers.at("content-length"), "8");
  EXPECT_EQ(client.Get("/next").body, "GET /next?\n");
}

TEST_F(HttpServerTest, SaysWhenABodyMayCome) {
  Start();
  HttpClient client = Connect();

  client.Send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
      "Content-Type: application/json\r\nExpect: 100-continue\r\n\r\n");
  const int before = client.ReadHead().status;
  client.Send("{}");

  EXPECT_EQ(before, 100);
  EXPECT_EQ(client.Read().body, "POST /?\n{}");
}

TEST_F(HttpServerTest, RefusesWhatIsNoHttpAndGoesOn) {
  Start();
  for (const char* wrong :
       {"\r\n\r\nnonsense\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS\r\n\r\n"}) {
    HttpClient client = Connect();
    client.Send(wrong);

    EXPECT_EQ(client.Read().status, 400) << wrong;
    EXPECT_TRUE(client.IsClosed());
  }
  EXPECT_EQ(Connect().Get("/").status, 200);
}

TEST_F(HttpServerTest, RefusesAHeadThatIsTooLong) {
  Start();
  HttpClient client = Connect();

  client.Send(absl::StrCat("GET /", std::string(kHttpHeadBytesMax, 'a'),
                           " HTTP/1.1\r\nHost: localhost\r\n\r\n"));

  EXPECT_EQ(client.Read().status, 431);
}

TEST_F(HttpServerTest, RefusesABodyThatIsTooLongBeforeItComes) {
  Start();
  HttpClient told = Connect();
  told.Send(
      absl::StrCat("POST / HTTP/1.1\r\nHost: localhost\r\n"
                   "Content-Type: application/json\r\nContent-Length: ",
                   kHttpBodyBytesMax + 1, "\r\n\r\n"));
  const HttpReply reply = told.Read();
  HttpClient untold = Connect();
  untold.Send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
      "Content-Type: application/json\r\n\r\n");
  const std::string piece =
      absl::StrCat("100000\r\n", std::string(1 << 20, 'a'), "\r\n");
  for (size_t sent = 0; sent <= kHttpBodyBytesMax; sent += 1 << 20) {
    untold.Send(piece);
  }

  EXPECT_EQ(reply.status, 413);
  EXPECT_THAT(reply.body, HasSubstr(absl::StrCat(kHttpBodyBytesMax)));
  EXPECT_EQ(untold.Read().status, 413);
}

TEST_F(HttpServerTest, WaitsForNobodyForEver) {
  settings_.limits = {.idle_time = absl::Milliseconds(50),
                      .head_time = absl::Milliseconds(50),
                      .body_time = absl::Milliseconds(50)};
  Start();
  HttpClient idle = Connect();
  HttpClient slow_head = Connect();
  HttpClient slow_body = Connect();

  slow_head.Send("GET / HTTP/1.1\r\nHost: local");
  slow_body.Send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
      "Content-Type: application/json\r\n\r\n{");

  EXPECT_EQ(slow_head.Read().status, 408);
  EXPECT_EQ(slow_body.Read().status, 408);
  EXPECT_TRUE(idle.IsClosed());
}

TEST_F(HttpServerTest, TellsOneConnectionTooManySo) {
  settings_.limits.connections_max = 1;
  Start();
  HttpClient first = Connect();
  ASSERT_EQ(first.Get("/").status, 200);

  EXPECT_EQ(Connect().Read().status, 503);
  EXPECT_EQ(first.Get("/").status, 200);
}

TEST_F(HttpServerTest, HoldsAThousandConnections) {
  rlimit limit = {};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 8192);
  setrlimit(RLIMIT_NOFILE, &limit);
  Start();
  std::vector<HttpClient> clients;
  clients.reserve(1'000);
  for (int i = 0; i < 1'000; ++i) clients.push_back(Connect());

  for (int round = 0; round < 2; ++round) {
    for (HttpClient& client : clients) {
      ASSERT_EQ(client.Get("/").status, 200);
    }
  }
}

TEST_F(HttpServerTest, SendsPiecesAsTheyCome) {
  Start([](HttpExchange& exchange) -> boost::asio::awaitable<void> {
    co_await exchange.Begin({.content_type = "text/plain"});
    co_await exchange.Write("one");
    co_await exchange.Write("two");
    co_await exchange.End();
  });
  HttpClient client = Connect();

  client.Send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  client.ReadHead();

  EXPECT_EQ(client.ReadPiece(), "one");
  EXPECT_EQ(client.ReadPiece(), "two");
  EXPECT_THAT(client.ReadPiece(), IsEmpty());
  EXPECT_EQ(client.Get("/").body, "onetwo");
}

TEST_F(HttpServerTest, EndsConnectionsThatWaitWhenItStops) {
  Start();
  HttpClient idle = Connect();
  idle.Get("/");
  HttpClient told = Connect();
  told.Get("/", "Connection: close\r\n");

  server_->Stop();

  EXPECT_TRUE(idle.IsClosed());
  EXPECT_TRUE(told.IsClosed());
  thread_.join();
  server_.reset();
}

TEST_F(HttpServerTest, SaysThatAPortIsTaken) {
  Start();
  settings_.address = absl::StrCat("127.0.0.1:", server_->port());

  EXPECT_THAT(
      HttpServer::Start(settings_, thread_.get_executor(), Echo),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr(settings_.address)));
}

TEST_F(HttpServerTest, ListensOnLoopbackOnly) {
  for (const char* address : {"0.0.0.0:0", "192.168.1.1:80", "127.0.0.1",
                              "127.0.0.1:70000", "box:80"}) {
    EXPECT_THAT(
        HttpServer::Start({.address = address}, thread_.get_executor(), Echo),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(address)));
  }
}

}  // namespace
}  // namespace hwledger
