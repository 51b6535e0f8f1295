#include "core/constraint/text_format.h"

#include <array>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace hwledger {
namespace {

struct Format {
  std::string_view name;
  std::string gbnf;
};

// RFC 3339. Months are as long as they are, in leap years too.
std::string Date() {
  const std::string_view year = "[1-9] [0-9] [0-9] [0-9]";
  const std::string_view leap_year =
      "([1-9] [0-9] (\"0\" [48] | [2468] [048] | [13579] [26])"
      " | ([2468] [048] | [13579] [26]) \"00\")";
  const std::string_view day_28 = "(\"0\" [1-9] | \"1\" [0-9] | \"2\" [0-8])";
  const std::string_view day_30 = "(\"0\" [1-9] | [12] [0-9] | \"30\")";
  const std::string_view day_31 = "(\"0\" [1-9] | [12] [0-9] | \"3\" [01])";
  return absl::StrCat("(", year, " \"-\" ((\"0\" [13578] | \"1\" [02]) \"-\" ",
                      day_31, " | (\"0\" [469] | \"11\") \"-\" ", day_30,
                      " | \"02-\" ", day_28, ") | ", leap_year, " \"-02-29\")");
}

std::string Time() {
  return "(([01] [0-9] | \"2\" [0-3]) \":\" [0-5] [0-9] \":\" [0-5] [0-9]"
         " (\".\" [0-9]{1,6})?"
         " (\"Z\" | [-+] ([01] [0-9] | \"2\" [0-3]) \":\" [0-5] [0-9]))";
}

// RFC 1123, with two or three labels. Each begins and ends with a letter, as
// some demand.
std::string HostName() {
  const std::string_view label =
      "[a-z]{2,12} ([0-9] [a-z]{2,6})? (\"-\" [a-z]{2,12})?";
  return absl::StrCat("(", label, " (\".\" ", label, ")? \".\" [a-z]{2,10})");
}

std::string Ipv4() {
  const std::string_view octet =
      "(\"25\" [0-5] | \"2\" [0-4] [0-9] | \"1\" [0-9] [0-9] | [1-9] [0-9] | "
      "[0-9])";
  // What begins with 0 is no address for some.
  const std::string_view first =
      "(\"25\" [0-5] | \"2\" [0-4] [0-9] | \"1\" [0-9] [0-9] | [1-9] [0-9]?)";
  return absl::StrCat("(", first, " (\".\" ", octet, "){3})");
}

std::string Duration() {
  const std::string_view count = "[1-9] [0-9]{0,3}";
  const std::string time = absl::StrCat(
      "(\"T\" (", count, " \"H\" (", count, " \"M\" (", count, " \"S\")?)? | ",
      count, " \"M\" (", count, " \"S\")? | ", count, " \"S\"))");
  return absl::StrCat("(\"P\" (", time, " | ", count, " \"D\" ", time, "? | ",
                      count, " \"W\"))");
}

using Formats = std::array<Format, 10>;

const Formats& AllFormats() {
  static const Formats formats = {{
      {"date", Date()},
      {"time", Time()},
      {"date-time", absl::StrCat("(", Date(), " \"T\" ", Time(), ")")},
      {"duration", Duration()},
      {"email", absl::StrCat("([a-z0-9]{1,20} ([._-] [a-z0-9]{1,20}){0,2} "
                             "\"@\" ",
                             HostName(), ")")},
      {"hostname", HostName()},
      {"ipv4", Ipv4()},
      {"ipv6", "([0-9a-f]{1,4} (\":\" [0-9a-f]{1,4}){7})"},
      {"uri", absl::StrCat("(\"http\" \"s\"? \"://\" ", HostName(),
                           " (\"/\" [a-zA-Z0-9._~-]{1,64}){0,8} \"/\"?)")},
      {"uuid", "([0-9a-f]{8} (\"-\" [0-9a-f]{4}){3} \"-\" [0-9a-f]{12})"},
  }};
  return formats;
}

}  // namespace

std::string_view GbnfTextFormat(std::string_view format) {
  for (const Format& known : AllFormats()) {
    if (known.name == format) return known.gbnf;
  }
  return "";
}

std::string_view TextFormats() {
  static const std::string names = absl::StrJoin(
      AllFormats(), ", ", [](std::string* out, const Format& format) {
        absl::StrAppend(out, format.name);
      });
  return names;
}

}  // namespace hwledger
