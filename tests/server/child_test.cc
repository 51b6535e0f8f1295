#include "server/child.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr absl::Duration kLong = absl::Seconds(30);

ChildProgram Shell(const std::string& script) {
  return {.path = "/bin/sh", .arguments = {"-c", script}};
}

TEST(RunChildTest, GivesInputAndReturnsOutput) {
  EXPECT_THAT(RunChild({.path = "/bin/cat"}, "hello", kLong),
              IsOkAndHolds("hello"));
}

TEST(RunChildTest, QuotesTheLastWordsOfAFailure) {
  EXPECT_THAT(
      RunChild(Shell("echo first; echo no such file >&2; exit 3"), "", kLong),
      StatusIs(absl::StatusCode::kInternal,
               AllOf(HasSubstr("no such file"), HasSubstr("exit status 3"))));
}

TEST(RunChildTest, NamesTheSignalThatKilledIt) {
  EXPECT_THAT(RunChild(Shell("kill -ABRT $$"), "", kLong),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("signal 6")));
}

TEST(RunChildTest, EndsWhatTakesTooLong) {
  EXPECT_THAT(RunChild({.path = "/bin/sleep", .arguments = {"60"}}, "",
                       absl::Milliseconds(50)),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST(RunChildTest, ReportsAProgramThatIsNotThere) {
  EXPECT_THAT(
      RunChild({.path = "/no/such/program"}, "", kLong),
      StatusIs(absl::StatusCode::kInternal, HasSubstr("/no/such/program")));
}

TEST(RunChildTest, SurvivesAChildThatDoesNotRead) {
  signal(SIGPIPE, SIG_IGN);
  const std::string much(1 << 20, 'x');

  EXPECT_THAT(RunChild(Shell("exit 0"), much, kLong), IsOkAndHolds(""));
}

TEST(RunChildTest, BoundsTheEnginesSpinning) {
  EXPECT_THAT(RunChild(Shell("echo $GOMP_SPINCOUNT"), "", kLong),
              IsOkAndHolds("5000\n"));
}

}  // namespace
}  // namespace hwledger
