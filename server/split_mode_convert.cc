#include "server/split_mode_convert.h"

namespace hwledger {

v1::SplitMode ToProto(SplitMode split_mode) {
  switch (split_mode) {
    case SplitMode::kLayer:
      return v1::SPLIT_MODE_LAYER;
    case SplitMode::kRow:
      return v1::SPLIT_MODE_ROW;
    case SplitMode::kTensor:
      return v1::SPLIT_MODE_TENSOR;
  }
  return v1::SPLIT_MODE_UNSPECIFIED;
}

SplitMode FromProto(v1::SplitMode split_mode) {
  switch (split_mode) {
    case v1::SPLIT_MODE_ROW:
      return SplitMode::kRow;
    case v1::SPLIT_MODE_TENSOR:
      return SplitMode::kTensor;
    default:
      return SplitMode::kLayer;
  }
}

}  // namespace hwledger
