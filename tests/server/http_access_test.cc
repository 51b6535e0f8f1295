#include "server/http_access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

// 0: it may go on.
int Refused(const HttpRequest& request, const HttpAccess& access = {}) {
  const std::optional<HttpResponse> refusal = RefusalOf(access, request);
  return refusal ? refusal->status : 0;
}

TEST(RefusalOfTest, KnowsTheNamesOfThisMachine) {
  for (const char* host :
       {"localhost", "localhost:7421", "LocalHost", "app.localhost",
        "127.0.0.1:7421", "127.0.0.2", "[::1]:7421", "[::1]"}) {
    EXPECT_EQ(Refused({.headers = {{"Host", host}}}), 0) << host;
  }
  for (const char* host : {"evil.example", "localhost.evil.example:7421",
                           "192.168.1.5", "notlocalhost", "[fe80::1]", ""}) {
    EXPECT_EQ(Refused({.headers = {{"Host", host}}}), 403) << host;
  }
  EXPECT_EQ(Refused({}), 403);
  EXPECT_EQ(
      Refused({.headers = {{"Host", "localhost"}, {"host", "evil.example"}}}),
      403);
  EXPECT_EQ(
      Refused({.headers = {{"host", "Box.lan:80"}}}, {.hosts = {"box.lan"}}),
      0);
}

TEST(RefusalOfTest, KeepsPagesOutThatNobodyLetIn) {
  const auto refused = [](const char* origin) {
    return Refused(
        {.headers = {{"Host", "localhost:7421"}, {"Origin", origin}}},
        {.origins = {"http://localhost:3000"}});
  };

  EXPECT_EQ(refused("http://localhost:3000"), 0);
  EXPECT_EQ(refused("http://localhost:7421"), 0);
  EXPECT_EQ(refused("http://localhost:3001"), 403);
  EXPECT_EQ(refused("http://localhost:3000.evil.example"), 403);
  EXPECT_EQ(refused("https://localhost:7421"), 403);
  EXPECT_EQ(refused("https://evil.example"), 403);
  EXPECT_EQ(refused("null"), 403);
}

TEST(RefusalOfTest, IsNoPictureOfAnotherSite) {
  const auto refused = [](const char* site, const char* mode) {
    return Refused({.headers = {{"Host", "localhost"},
                                {"Sec-Fetch-Site", site},
                                {"Sec-Fetch-Mode", mode}}});
  };

  EXPECT_EQ(refused("cross-site", "no-cors"), 403);
  EXPECT_EQ(refused("same-site", "no-cors"), 403);
  EXPECT_EQ(refused("cross-site", "navigate"), 0);
  EXPECT_EQ(refused("same-origin", "cors"), 0);
  EXPECT_EQ(refused("none", "navigate"), 0);
}

TEST(RefusalOfTest, TakesNoPostThatAPageMaySendUnasked) {
  const auto refused = [](const char* type) {
    return Refused(
        {.method = "POST",
         .headers = {{"Host", "localhost"}, {"Content-Type", type}}});
  };

  EXPECT_EQ(refused("application/json"), 0);
  EXPECT_EQ(refused("Application/JSON; charset=utf-8"), 0);
  EXPECT_EQ(refused("application/proto"), 0);
  EXPECT_EQ(refused("application/connect+json"), 0);
  for (const char* type :
       {"text/plain", "application/x-www-form-urlencoded",
        "multipart/form-data", "", "text/plain; application/json"}) {
    EXPECT_EQ(refused(type), 415) << type;
  }
}

TEST(CorsHeadersTest, LetAPageReadThatWasLetIn) {
  const HttpAccess access = {.origins = {"https://app.example"}};
  const HttpRequest page = {.headers = {{"Origin", "https://app.example"}}};
  const HttpRequest other = {.headers = {{"Origin", "https://evil.example"}}};

  EXPECT_THAT(CorsHeaders(access, page),
              UnorderedElementsAre(
                  Pair("Access-Control-Allow-Origin", "https://app.example"),
                  Pair("Vary", "Origin")));
  EXPECT_THAT(CorsHeaders(access, other), IsEmpty());
  EXPECT_THAT(CorsHeaders(access, {}), IsEmpty());
}

TEST(PreflightResponseTest, AllowsWhatIsAskedFor) {
  const HttpResponse response = PreflightResponse(
      {.headers = {{"Access-Control-Request-Headers", "content-type,x-a"}}});

  EXPECT_EQ(response.status, 204);
  EXPECT_THAT(response.headers,
              testing::Contains(
                  Pair("Access-Control-Allow-Headers", "content-type,x-a")));
}

TEST(ParseHttpAccessTest, TakesListsWithCommas) {
  const auto access = ParseHttpAccess(
      "box.lan, Box2.lan", "http://localhost:3000,https://App.example");

  ASSERT_THAT(access, IsOk());
  EXPECT_THAT(access->hosts, testing::ElementsAre("box.lan", "box2.lan"));
  EXPECT_THAT(access->origins, testing::ElementsAre("http://localhost:3000",
                                                    "https://app.example"));
  EXPECT_THAT(ParseHttpAccess("", "")->origins, IsEmpty());
}

TEST(ParseHttpAccessTest, RefusesOriginsThatAreNone) {
  for (const char* origin : {"*", "localhost:3000", "http://", "http://*",
                             "http://localhost/", "://a"}) {
    EXPECT_THAT(
        ParseHttpAccess("", origin),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(origin)));
  }
}

}  // namespace
}  // namespace hwledger
