#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/cli/command_test.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using LibraryTest = CommandTest;

v1::Model DemoModel() {
  v1::Model model;
  model.set_model_id("demo");
  model.set_source(v1::MODEL_SOURCE_DEMO);
  model.set_path("/usr/share/demo.gguf");
  model.set_architecture("llama");
  model.set_parameter_count(3'000'000);
  model.set_max_sequence_length(512);
  model.set_quantization("Q8_0");
  model.set_size_bytes(3 << 20);
  return model;
}

v1::LoadedModel LoadedDemo() {
  v1::LoadedModel model;
  model.set_model_id("demo");
  model.set_state(v1::LOAD_STATE_READY);
  model.set_sequence_length(512);
  model.set_batch_size(4);
  model.set_process_id(4711);
  model.mutable_memory()->set_measured_bytes(5 << 20);
  model.mutable_memory()->set_predicted_bytes(4 << 20);
  return model;
}

TEST_F(LibraryTest, ListsModels) {
  daemon.list_models = [](const auto&, v1::ListModelsResponse* response) {
    *response->add_models() = DemoModel();
    return grpc::Status::OK;
  };

  EXPECT_EQ(Run({"models"}).output,
            "Model  Source  Architecture  Params  Quant      Size  "
            "Max context\n"
            "demo   demo    llama          3.00M  Q8_0   3.00 MiB  "
            "        512\n");
}

TEST_F(LibraryTest, ListsWhatIsKnownOfAModelThatNobodyHasRead) {
  daemon.list_models = [](const auto&, v1::ListModelsResponse* response) {
    v1::Model& model = *response->add_models();
    model.set_model_id("ollama:llama3:8b");
    model.set_source(v1::MODEL_SOURCE_OLLAMA);
    model.set_size_on_disk_bytes(int64_t{3} << 30);
    model.set_problem("its file is not there");
    return grpc::Status::OK;
  };

  EXPECT_EQ(Run({"models"}).output,
            "Model             Source  Architecture  Params  Quant      Size  "
            "Max context\n"
            "ollama:llama3:8b  ollama  –                  –  –      3.00 GiB  "
            "          –\n"
            "ollama:llama3:8b cannot be read: its file is not there\n");
}

TEST_F(LibraryTest, ShowsWhatTheFilesOfAFolderStore) {
  daemon.get_model = [](const auto&, v1::GetModelResponse* response) {
    v1::Model& model = *response->mutable_model();
    model = DemoModel();
    v1::StoredDtype& dtype = *model.mutable_stored_tensors()->add_dtypes();
    dtype.set_dtype("BF16");
    dtype.set_bytes(6 << 20);
    model.add_warnings("The files store 9 parameters.");
    return grpc::Status::OK;
  };

  EXPECT_THAT(
      Run({"models", "demo"}).output,
      AllOf(HasSubstr("Stored        BF16 6.00 MiB\n"),
            HasSubstr("Note          The files store 9 parameters.\n")));
}

TEST_F(LibraryTest, ShowsOneModel) {
  daemon.get_model = [](const v1::GetModelRequest& request,
                        v1::GetModelResponse* response) {
    EXPECT_EQ(request.model_id(), "demo");
    *response->mutable_model() = DemoModel();
    return grpc::Status::OK;
  };

  EXPECT_THAT(Run({"models", "demo"}).output,
              HasSubstr("Path          /usr/share/demo.gguf\n"));
}

TEST_F(LibraryTest, ListsLoadedModelsWithWhatIsUnknownAsADash) {
  daemon.list_loaded_models = [](const auto&, auto* response) {
    *response->add_models() = LoadedDemo();
    return grpc::Status::OK;
  };

  EXPECT_EQ(Run({"ps"}).output,
            "Model  State  Context  Active  Queued  Measured  Predicted  "
            "Resident   PID  Loaded for  Unloads in\n"
            "demo   ready  4 × 512       0       0  5.00 MiB   4.00 MiB  "
            "       –  4711           –           –\n");
}

TEST_F(LibraryTest, ListsHowLongIdleModelsStay) {
  daemon.list_loaded_models = [](const auto&, auto* response) {
    v1::LoadedModel& idle = *response->add_models();
    idle = LoadedDemo();
    idle.mutable_idle_time_left()->set_seconds(300);
    v1::LoadedModel& pinned = *response->add_models();
    pinned = LoadedDemo();
    pinned.set_pinned(true);
    return grpc::Status::OK;
  };

  EXPECT_THAT(Run({"ps"}).output,
              AllOf(HasSubstr("      5 min\n"), HasSubstr("     pinned\n")));
}

TEST_F(LibraryTest, AsksForAModelToStay) {
  v1::LoadModelRequest sent;
  daemon.load_model = [&](const v1::LoadModelRequest& request, auto*) {
    sent = request;
    return grpc::Status::OK;
  };

  Run({"load", "demo", "--pin", "--ttl", "1h30m"});

  EXPECT_TRUE(sent.options().pinned());
  EXPECT_EQ(sent.options().idle_ttl().seconds(), 5400);
  Run({"load", "demo", "--ttl", "1500ms"});
  EXPECT_EQ(sent.options().idle_ttl().seconds(), 1);
  EXPECT_EQ(sent.options().idle_ttl().nanos(), 500'000'000);
  Run({"load", "demo", "--ttl", "inf"});
  EXPECT_EQ(sent.options().idle_ttl().seconds(), 315'576'000'000);
  EXPECT_EQ(sent.options().idle_ttl().nanos(), 0);
}

TEST_F(LibraryTest, AsksForDraftsAndForRoomForPrefixes) {
  v1::LoadModelRequest sent;
  daemon.load_model = [&](const v1::LoadModelRequest& request, auto*) {
    sent = request;
    return grpc::Status::OK;
  };

  Run({"load", "demo", "--draft", "./small.gguf", "--ngram-lookup",
       "--draft-tokens", "4", "--prefix-cache", "64MiB"});

  EXPECT_THAT(sent.options().draft_model_id(), EndsWith("/small.gguf"));
  EXPECT_TRUE(sent.options().ngram_lookup());
  EXPECT_EQ(sent.options().draft_tokens_max(), 4);
  EXPECT_EQ(sent.options().prefix_cache_bytes(), 64 << 20);
}

TEST_F(LibraryTest, ListsDevicesWithWhatIsUnknownAsADash) {
  daemon.list_devices = [](const auto&, v1::ListDevicesResponse* response) {
    v1::Device& device = *response->add_devices();
    device.set_name("CPU");
    device.set_kind(v1::DEVICE_KIND_CPU);
    device.set_free_bytes(0);
    return grpc::Status::OK;
  };

  EXPECT_THAT(Run({"devices"}).output, HasSubstr("CPU     CPU        –   0 B"));
}

TEST_F(LibraryTest, LoadsAModelAndSaysWhatItTakes) {
  v1::LoadModelRequest sent;
  daemon.load_model = [&](const v1::LoadModelRequest& request, auto* writer) {
    sent = request;
    v1::LoadModelResponse event;
    event.mutable_load_progress()->set_fraction(0.5);
    writer->Write(event);
    *event.mutable_loaded() = LoadedDemo();
    writer->Write(event);
    return grpc::Status::OK;
  };

  const Outcome outcome =
      Run({"load", "demo", "--force", "--sequence-length", "512"});

  EXPECT_EQ(sent.ShortDebugString(),
            "model_id: \"demo\" options { sequence_length: 512 } force: true");
  EXPECT_EQ(outcome.output,
            "demo is ready: 4 × 512 tokens, memory 5.00 MiB (predicted 4.00 "
            "MiB), process 4711\n");
}

TEST_F(LibraryTest, UnloadsAModel) {
  daemon.unload_model = [](const auto& request, auto* response) {
    EXPECT_EQ(request.model_id(), "demo");
    response->set_freed_bytes(5 << 20);
    return grpc::Status::OK;
  };

  EXPECT_EQ(Run({"unload", "demo"}).output,
            "demo is unloaded, 5.00 MiB are free again\n");
}

TEST_F(LibraryTest, PrintsJson) {
  daemon.list_loaded_models = [](const auto&, auto* response) {
    *response->add_models() = LoadedDemo();
    return grpc::Status::OK;
  };

  EXPECT_THAT(Run({"ps", "--json"}).output,
              StartsWith("{\"models\":[{\"model_id\":\"demo\","));
}

}  // namespace
}  // namespace hwledger
