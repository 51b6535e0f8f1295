import HWLedger
import HWLedgerContract
import HWLedgerViewModels

extension LibraryModel {
  init(_ model: Model) {
    self.init(
      id: model.modelID, source: Source(model.source),
      path: model.hasPath ? model.path : nil,
      sizeOnDisk: model.hasSizeOnDiskBytes ? model.sizeOnDiskBytes : nil,
      problem: model.hasProblem ? model.problem : nil)
  }
}

extension LibraryModel.Source {
  init(_ source: Hwledger_V1_ModelSource) {
    switch source {
    case .catalogue: self = .catalogue
    case .gguf: self = .file
    case .demo: self = .demo
    case .folder: self = .folder
    case .huggingFace: self = .huggingFace
    case .ollama: self = .ollama
    case .lmStudio: self = .lmStudio
    case .llamaCpp: self = .llamaCpp
    case .unspecified, .UNRECOGNIZED: self = .unknown
    }
  }
}

extension HWLedgerViewModels.LoadedModel {
  init(_ model: HWLedger.LoadedModel) {
    self.init(
      id: model.modelID, state: State(model.state),
      measuredBytes: model.memory.measuredBytes,
      activeRequests: Int(model.activeRequests), queuedRequests: Int(model.queuedRequests),
      isPinned: model.pinned)
  }
}

extension HWLedgerViewModels.LoadedModel.State {
  init(_ state: Hwledger_V1_LoadState) {
    switch state {
    case .loading: self = .loading
    case .unloading: self = .unloading
    case .ready, .unspecified, .UNRECOGNIZED: self = .ready
    }
  }
}
