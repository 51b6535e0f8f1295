#include "core/model/source/gguf_files.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace hwledger {
namespace {

constexpr std::string_view kSuffix = ".gguf";
constexpr size_t kListedMax = 12;

// What accompanies a model, by a part of the file's name: those that llama.cpp
// passes over (common/download.cpp, gguf_filename_is_model).
constexpr std::string_view kNoModels[] = {"mmproj",  "imatrix", "mtp-",
                                          "eagle3-", "dflash-", "dspark-"};

// Of "m-00001-of-00003.gguf": "m", 1 and 3. One part where it has no numbers.
struct PartName {
  std::string stem;
  int64_t number = 1;
  int64_t count = 1;
};

std::optional<int64_t> FiveDigits(std::string_view text) {
  int64_t number = 0;
  const bool digits = absl::c_all_of(text, absl::ascii_isdigit);
  if (text.size() != 5 || !digits || !absl::SimpleAtoi(text, &number)) {
    return std::nullopt;
  }
  return number;
}

// `name` ends in kSuffix.
PartName ParsePartName(std::string_view name) {
  const std::string_view stem = name.substr(0, name.size() - kSuffix.size());
  constexpr size_t length = std::string_view("-00001-of-00003").size();
  if (stem.size() > length) {
    const std::string_view part = stem.substr(stem.size() - length);
    const auto number = FiveDigits(part.substr(1, 5));
    const auto count = FiveDigits(part.substr(10));
    if (part[0] == '-' && part.substr(6, 4) == "-of-" && number && count &&
        *count > 0) {
      return {std::string(stem.substr(0, stem.size() - length)), *number,
              *count};
    }
  }
  return {std::string(stem)};
}

std::string_view BaseName(std::string_view name) {
  const size_t slash = name.rfind('/');
  return slash == name.npos ? name : name.substr(slash + 1);
}

bool IsModel(std::string_view name) {
  return absl::EndsWithIgnoreCase(name, kSuffix) &&
         absl::c_none_of(kNoModels, [&](std::string_view part) {
           return absl::StrContainsIgnoreCase(BaseName(name), part);
         });
}

// What stands behind the last dash or dot, where it is one word.
std::string TagOf(std::string_view stem) {
  const size_t mark = BaseName(stem).find_last_of("-.");
  if (mark == stem.npos) return "";
  const std::string_view tag = BaseName(stem).substr(mark + 1);
  const bool is_word = absl::c_all_of(
      tag, [](unsigned char c) { return absl::ascii_isalnum(c) || c == '_'; });
  return is_word ? absl::AsciiStrToUpper(tag) : "";
}

struct Part {
  int64_t number = 0;
  const FoundFile* file = nullptr;
};

GgufFile Joined(const PartName& name, std::vector<Part> parts) {
  std::ranges::sort(parts, {}, &Part::number);
  GgufFile model = {.name = parts.front().file->name, .tag = TagOf(name.stem)};
  int64_t expected = 1;
  for (const Part& part : parts) {
    model.size += part.file->size;
    if (model.problem.empty() && !part.file->problem.empty()) {
      model.problem = absl::StrCat(part.file->name, ": ", part.file->problem);
    }
    if (model.problem.empty() && part.number != expected) {
      model.problem =
          absl::StrCat("part ", expected, " of ", name.count, " is missing");
    }
    ++expected;
  }
  if (model.problem.empty() && expected <= name.count) {
    model.problem =
        absl::StrCat("part ", expected, " of ", name.count, " is missing");
  }
  return model;
}

// Whether `pick` stands in `name` as whole words: before it nothing, or what
// parts words, and behind it a dash, a dot or a folder's end.
bool HasWords(std::string_view name, std::string_view pick) {
  const std::string text = absl::AsciiStrToUpper(name);
  const std::string words = absl::AsciiStrToUpper(pick);
  for (size_t at = text.find(words); at != text.npos;
       at = text.find(words, at + 1)) {
    const size_t end = at + words.size();
    const bool begins = at == 0 || absl::StrContains("-./_", text[at - 1]);
    if (begins && end < text.size() && absl::StrContains("-./", text[end])) {
      return true;
    }
  }
  return false;
}

bool IsName(std::string_view name, std::string_view pick) {
  return absl::EqualsIgnoreCase(name, pick) ||
         absl::EqualsIgnoreCase(name, absl::StrCat(pick, kSuffix));
}

std::vector<GgufFile> Matching(absl::Span<const GgufFile> files,
                               std::string_view pick) {
  std::vector<GgufFile> found;
  const auto add_where = [&](auto condition) {
    if (!found.empty()) return;
    absl::c_copy_if(files, std::back_inserter(found), condition);
  };
  add_where([&](const GgufFile& file) { return IsName(file.name, pick); });
  add_where(
      [&](const GgufFile& file) { return IsName(BaseName(file.name), pick); });
  add_where([&](const GgufFile& file) {
    return absl::EqualsIgnoreCase(file.tag, pick);
  });
  add_where([&](const GgufFile& file) { return HasWords(file.name, pick); });
  return found;
}

std::string Choices(absl::Span<const GgufFile> choices,
                    absl::Span<const GgufFile> files, std::string_view prefix) {
  std::vector<std::string> names;
  for (const GgufFile& file :
       choices.first(std::min(choices.size(), kListedMax))) {
    names.push_back(absl::StrCat("'", prefix, PickOf(file, files), "'"));
  }
  if (choices.size() > kListedMax) names.emplace_back("…");
  return absl::StrJoin(names, ", ");
}

}  // namespace

std::vector<GgufFile> GgufFilesOf(absl::Span<const FoundFile> files) {
  std::map<std::pair<std::string, int64_t>, std::vector<Part>> models;
  for (const FoundFile& file : files) {
    if (!IsModel(file.name)) continue;
    const PartName name = ParsePartName(file.name);
    models[{name.stem, name.count}].push_back({name.number, &file});
  }
  std::vector<GgufFile> joined;
  joined.reserve(models.size());
  for (auto& [key, parts] : models) {
    joined.push_back(
        Joined({.stem = key.first, .count = key.second}, std::move(parts)));
  }
  return joined;
}

Bytes SizeOfGguf(const std::string& path) {
  const PartName name = absl::EndsWithIgnoreCase(path, kSuffix)
                            ? ParsePartName(path)
                            : PartName();
  if (name.count == 1) return SizeOfFile(path);
  Bytes size;
  for (int64_t number = 1; number <= name.count; ++number) {
    size += SizeOfFile(absl::StrFormat("%s-%05d-of-%05d%s", name.stem, number,
                                       name.count, kSuffix));
  }
  return size;
}

std::string PickOf(const GgufFile& file, absl::Span<const GgufFile> files) {
  const auto same_tag = absl::c_count_if(
      files, [&](const GgufFile& other) { return other.tag == file.tag; });
  return file.tag.empty() || same_tag > 1 ? file.name : file.tag;
}

absl::StatusOr<GgufFile> PickGguf(absl::Span<const GgufFile> files,
                                  std::string_view pick,
                                  std::string_view prefix) {
  if (pick.empty()) {
    if (files.size() == 1) return files.front();
    return absl::NotFoundError(absl::StrCat("several models; say which: ",
                                            Choices(files, files, prefix)));
  }
  const std::vector<GgufFile> found = Matching(files, pick);
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return absl::NotFoundError(absl::StrCat("no model '", pick, "' among ",
                                            Choices(files, files, prefix)));
  }
  return absl::NotFoundError(
      absl::StrCat("several models are '", pick,
                   "'; say which: ", Choices(found, files, prefix)));
}

}  // namespace hwledger
