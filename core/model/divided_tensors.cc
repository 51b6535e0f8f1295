#include "core/model/divided_tensors.h"

#include <initializer_list>
#include <map>
#include <string_view>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace hwledger {
namespace {

// Held by tests against libllama, which divides more of them.
constexpr std::string_view kCompared[] = {"gemma2",  "gemma3", "gpt-oss",
                                          "granite", "llama",  "phi3",
                                          "qwen2",   "qwen3",  "qwen3moe"};

// What a layer's tensors are divided along.
struct LayerRows {
  int64_t attention_block = 0;  // Elements stored together; 0: there is none.
  int64_t feed_forward_block = 0;
  int64_t feed_forward = 0;  // Its width, without that of a gate.
};

// "blk.7.attn_q.weight" without "blk.7.".
std::string_view PartOf(const GgufTensor& tensor) {
  std::string_view name = tensor.name;
  if (!absl::ConsumePrefix(&name, "blk.")) return name;
  return name.substr(name.find('.') + 1);
}

std::map<int64_t, LayerRows> RowsOf(const GgufHeader& header) {
  std::map<int64_t, LayerRows> layers;
  for (const GgufTensor& tensor : header.tensors) {
    const auto block = tensor.block();
    if (!block) continue;
    const std::string_view part = PartOf(tensor);
    LayerRows& rows = layers[*block];
    if (part == "attn_output.weight") {
      rows.attention_block = tensor.type->block_elements;
    } else if (part == "ffn_down.weight" || (part == "ffn_down_exps.weight" &&
                                             rows.feed_forward_block == 0)) {
      rows.feed_forward_block = tensor.type->block_elements;
      rows.feed_forward = tensor.dimensions.front();
    }
  }
  return layers;
}

bool IsOneOf(std::string_view part,
             std::initializer_list<std::string_view> parts) {
  return absl::c_linear_search(parts, part);
}

// Queries, keys and values in one, which the engine takes apart if keys are as
// wide as values and queries as the embedding.
void DivideFused(const GgufTensor& tensor, const ModelShape& shape,
                 DividedTensor whole, std::vector<DividedTensor>& tensors) {
  const int64_t rows = tensor.dimensions.back();
  const int64_t queries = shape.embedding_elements;
  const int64_t key_values = (rows - queries) / 2;
  DividedTensor part = whole;
  part.divided_by = DividedBy::kQueryHeads;
  part.extent = queries;
  part.size = Bytes(whole.size.count() / rows * queries);
  tensors.push_back(part);
  part.divided_by = DividedBy::kKeyValueHeads;
  part.extent = key_values;
  part.size = whole.size - part.size;
  tensors.push_back(part);
}

// Every key's head serves as many of the queries'. A file may say anything.
bool HasWholeHeads(const Layer& layer) {
  const int64_t query_heads = layer.widths.query_heads;
  if (query_heads <= 0 || layer.widths.query < query_heads) return false;
  const int64_t head = layer.widths.query / query_heads;
  const int64_t key_heads = layer.key_elements / head;
  return key_heads > 0 && key_heads * head == layer.key_elements &&
         query_heads % key_heads == 0;
}

bool CanDivideFused(const GgufTensor& tensor, const ModelShape& shape,
                    int64_t layer) {
  const Layer& of = shape.layers[static_cast<size_t>(layer)];
  return of.key_elements == of.value_elements &&
         tensor.dimensions.back() ==
             shape.embedding_elements + 2 * of.key_elements;
}

// One of a layer that is not fused. Rows are the last dimension of a matrix but
// for stacked experts, whose last is the number of them.
DividedTensor Divided(const GgufTensor& tensor, const LayerRows& rows,
                      DividedTensor result) {
  const std::string_view part = PartOf(tensor);
  const bool is_matrix = tensor.dimensions.size() > 1;
  const int64_t columns = tensor.dimensions[0];
  const int64_t along = is_matrix ? tensor.dimensions[1] : columns;
  if (IsOneOf(part, {"attn_q.weight", "attn_q.bias", "attn_sinks.weight"})) {
    result.divided_by = DividedBy::kQueryHeads;
    result.extent = along;
  } else if (part == "attn_output.weight") {
    result.divided_by = DividedBy::kQueryHeads;
    result.extent = columns;
  } else if (IsOneOf(part, {"attn_k.weight", "attn_v.weight", "attn_k.bias",
                            "attn_v.bias"})) {
    result.divided_by = DividedBy::kKeyValueHeads;
    result.extent = along;
  } else if (IsOneOf(part, {"ffn_up.weight", "ffn_gate.weight",
                            "ffn_up_exps.weight", "ffn_gate_exps.weight"})) {
    // Where gate and value are in one, both are divided alike.
    result.divided_by = DividedBy::kFeedForward;
    result.extent = rows.feed_forward;
  } else if (IsOneOf(part, {"ffn_up.bias", "ffn_gate.bias", "ffn_up_exps.bias",
                            "ffn_gate_exps.bias", "ffn_down.weight",
                            "ffn_down_exps.weight"})) {
    result.divided_by = DividedBy::kFeedForward;
    result.extent = columns;
  }
  const bool is_attention = result.divided_by == DividedBy::kQueryHeads ||
                            result.divided_by == DividedBy::kKeyValueHeads;
  result.block_elements =
      is_attention ? rows.attention_block : rows.feed_forward_block;
  return result;
}

DividedTensor OfNoLayer(const GgufTensor& tensor) {
  DividedTensor result = {.size = tensor.size()};
  if (tensor.name == "output.weight") {
    result.divided_by = DividedBy::kElements;
    result.extent = tensor.dimensions.back();
  }
  return result;
}

}  // namespace

std::vector<DividedTensor> DividedTensorsOf(const GgufHeader& header,
                                            const ModelShape& shape) {
  if (!absl::c_linear_search(kCompared, shape.architecture)) return {};
  const std::map<int64_t, LayerRows> rows = RowsOf(header);
  std::vector<DividedTensor> tensors;
  for (const GgufTensor& tensor : header.tensors) {
    const auto layer = tensor.block();
    if (!layer) {
      if (absl::StartsWith(tensor.name, "output")) {
        tensors.push_back(OfNoLayer(tensor));
      }
      continue;
    }
    const auto found = rows.find(*layer);
    const LayerRows& along = found->second;
    const std::string_view part = PartOf(tensor);
    // What the engine does with a gate, or norms of each head, is not compared.
    if (!HasWholeHeads(shape.layers[static_cast<size_t>(*layer)]) ||
        along.attention_block == 0 || along.feed_forward_block == 0 ||
        absl::StartsWith(part, "attn_gate.") ||
        (absl::EndsWith(part, "_norm.weight") &&
         tensor.dimensions.size() > 1)) {
      return {};
    }
    const DividedTensor whole = {.layer = *layer,
                                 .is_expert = absl::StrContains(part, "_exps."),
                                 .size = tensor.size(),
                                 .block_elements = along.attention_block};
    if (IsOneOf(part, {"attn_qkv.weight", "attn_qkv.bias"})) {
      if (!CanDivideFused(tensor, shape, *layer)) return {};
      DivideFused(tensor, shape, whole, tensors);
    } else {
      tensors.push_back(Divided(tensor, along, whole));
    }
  }
  return tensors;
}

}  // namespace hwledger
