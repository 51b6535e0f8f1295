import HWLedger
import HWLedgerContract
import HWLedgerViewModels

extension EstimateVRAMRequest {
  init(_ question: PlanQuestion) {
    self.init()
    modelID = question.modelID
    sequenceLength = Int32(clamping: question.sequenceLength)
    batchSize = Int32(clamping: question.batchSize)
    quantization = question.quantization
    if let type = question.kvCacheType {
      kvCacheTypeK = type
      kvCacheTypeV = type
    }
    devices = question.devices.map { name in .with { $0.name = name } }
    includeLayers = true
    tag = question.tag
  }
}

extension Plan {
  init(_ prediction: MemoryPrediction) {
    self.init()
    tag = prediction.tag
    modelID = prediction.model.modelID
    architecture = prediction.model.architecture
    quantization = prediction.model.quantization
    memory = MemoryParts(
      weights: prediction.weightsBytes, kvCache: prediction.kvCacheBytes,
      overhead: prediction.runtimeOverheadBytes, total: prediction.totalBytes)
    verdict = .init(prediction.verdict)
    devices = prediction.devices.map { DevicePlan($0) }
    layers = prediction.layers.map {
      LayerPlan(
        index: Int($0.index), weights: $0.weightsBytes, kvCache: $0.kvCacheBytes,
        device: $0.device)
    }
    longestSequenceLength = Int(prediction.maxSequenceLength)
    modelSequenceLength = Int(prediction.model.maxSequenceLength)
    if prediction.throughput.hasPrefill { prefill = .init(prediction.throughput.prefill) }
    if prediction.throughput.hasDecode { decode = .init(prediction.throughput.decode) }
    warnings = prediction.warnings
    if prediction.launch.hasLlamaServer { launchCommand = prediction.launch.llamaServer }
    isDryRun = prediction.method == .dryRun
  }
}

extension DevicePlan {
  init(_ device: Hwledger_V1_DevicePrediction) {
    self.init(
      name: device.name,
      parts: [
        .weights: device.weightsBytes, .kvCache: device.kvCacheBytes,
        .computeBuffer: device.computeBufferBytes, .outputBuffer: device.outputBufferBytes,
        .backendContext: device.backendContextBytes,
      ],
      total: device.totalBytes,
      free: device.hasFreeBytes ? device.freeBytes : nil,
      verdict: .init(device.verdict))
  }
}

extension HWLedgerViewModels.Verdict {
  init(_ verdict: HWLedger.Verdict) {
    switch verdict {
    case .fits: self = .fits
    case .tight: self = .tight
    case .doesNotFit: self = .doesNotFit
    case .unspecified, .UNRECOGNIZED: self = .unknown
    }
  }
}

extension RateRange {
  init(_ rate: Hwledger_V1_TokenRate) {
    self.init(low: rate.lowTokensPerSecond, high: rate.highTokensPerSecond)
  }
}
