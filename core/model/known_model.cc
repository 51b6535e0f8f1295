#include "core/model/known_model.h"

#include <filesystem>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "core/model/hf_folder.h"
#include "core/model/hf_header.h"
#include "core/model/input_file.h"
#include "core/model/model_digest.h"
#include "core/model/published_format.h"
#include "core/model/quantize_mix.h"
#include "core/model/source/model_folder.h"
#include "core/model/stored_warning.h"

namespace hwledger {
namespace {

// From a config.json and the safetensors beside it.
absl::Status ReadFolder(const std::string& path, ReadModel& read) {
  KnownModel& model = read.model;
  ABSL_ASSIGN_OR_RETURN(HfFolder folder, ReadHfFolder(path));
  absl::StatusOr<GgufHeader> header = HeaderOfHfConfig(folder.config_json);
  if (!header.ok()) {
    // Nobody asked for the file's text: to its reader it is damaged.
    const absl::StatusCode code = absl::IsInvalidArgument(header.status())
                                      ? absl::StatusCode::kDataLoss
                                      : header.status().code();
    return OfFile({code, header.status().message()}, folder.files.front());
  }
  model.header = *std::move(header);
  model.header.metadata["general.name"] =
      std::filesystem::path(model.model_id).filename().string();
  model.published = PublishedFormat(folder.config_json);
  model.warnings = std::move(folder.warnings);
  model.stored = std::move(folder.stored);
  if (model.stored) {
    auto warning =
        StoredWarning(folder.config_json, model.header, *model.stored);
    if (warning) model.warnings.push_back(*std::move(warning));
  }
  absl::c_move(folder.files, std::back_inserter(read.made_of));
  return absl::OkStatus();
}

}  // namespace

KnownModel CatalogueModel(const std::string& model_id,
                          const CatalogueEntry& entry) {
  return {.model_id = model_id,
          .source = ModelSource::kCatalogue,
          .reference = entry.repository,
          .header = HeaderOf(entry),
          .published = PublishedFormat(entry.config_json)};
}

absl::StatusOr<KnownModel> ConfigModel(std::string_view config_json) {
  absl::StatusOr<GgufHeader> header =
      config_json.size() > kConfigBytesMax
          ? absl::InvalidArgumentError(absl::StrCat("at most ", kConfigBytesMax,
                                                    " bytes; got ",
                                                    config_json.size()))
          : HeaderOfHfConfig(config_json);
  if (absl::IsInvalidArgument(header.status())) {
    return FieldError("config_json", absl::StrCat("is no model's config: ",
                                                  header.status().message()));
  }
  ABSL_RETURN_IF_ERROR(header.status());
  return KnownModel{.model_id = "config.json",
                    .source = ModelSource::kConfig,
                    .header = *std::move(header),
                    .published = PublishedFormat(config_json)};
}

absl::StatusOr<ReadModel> ReadModelAt(const ModelLocation& location,
                                      const std::string& model_id) {
  ReadModel read = {.model = {.model_id = model_id,
                              .source = location.source,
                              .path = location.path,
                              .size_on_disk = SizeOnDisk(location),
                              .projector_paths = location.projector_paths,
                              .adapter_paths = location.adapter_paths},
                    .made_of = location.decided_by};
  if (location.is_folder) {
    ABSL_RETURN_IF_ERROR(ReadFolder(location.path, read));
  } else {
    ABSL_ASSIGN_OR_RETURN(read.model.header, ReadGguf(location.path));
    read.model.file = location.path;
    read.made_of.push_back(location.path);
  }
  return read;
}

absl::StatusOr<std::shared_ptr<const KnownModel>> Shaped(
    KnownModel model, const std::string& quantization) {
  if (!quantization.empty()) {
    if (!absl::EqualsIgnoreCase(quantization, QuantizationOf(model.header))) {
      model.quantized_from = std::exchange(model.file, "");
    }
    ABSL_ASSIGN_OR_RETURN(model.header,
                          Quantize(std::move(model.header), quantization));
  }
  model.digest = ModelDigest(model.header);
  model.shape = ShapeOf(model.header);
  if (!model.shape.ok() &&
      model.shape.status().code() != absl::StatusCode::kUnimplemented) {
    return model.shape.status();
  }
  return std::make_shared<const KnownModel>(std::move(model));
}

}  // namespace hwledger
