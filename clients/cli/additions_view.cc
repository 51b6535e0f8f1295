#include "clients/cli/additions_view.h"

#include "clients/cli/enum_words.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/table.h"
#include "clients/cli/units.h"

namespace hwledger {

std::string FormatAdditions(const v1::MemoryPrediction& prediction,
                            const Surface& surface) {
  if (prediction.additions().empty()) return "";
  Table table({{.title = "Of it", .align = Align::kLeft},
               {.title = "Name", .align = Align::kLeft, .width_min = 16},
               {.title = "Weights"},
               {.title = "KV cache"},
               {.title = "Compute", .leaves = 2},
               {.title = "Output", .leaves = 1},
               {.title = "Total"}});
  for (const v1::AdditionPrediction& addition : prediction.additions()) {
    table.AddRow({std::string(AdditionKindWords(addition.kind())),
                  ModelLabel(addition.model_id()),
                  FormatBytes(addition.weights_bytes()),
                  FormatBytes(addition.kv_cache_bytes()),
                  FormatBytes(addition.compute_buffer_bytes()),
                  FormatBytes(addition.output_buffer_bytes()),
                  FormatBytes(addition.total_bytes())});
  }
  return "\n" + table.Format(surface);
}

}  // namespace hwledger
