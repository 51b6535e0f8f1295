import HWLedgerContract

// The contract's messages by the names that the documentation uses.

public typealias EstimateVRAMRequest = Hwledger_V1_EstimateVramRequest
public typealias MemoryPrediction = Hwledger_V1_MemoryPrediction
public typealias DeviceSpec = Hwledger_V1_DeviceSpec
public typealias Verdict = Hwledger_V1_Verdict
public typealias FitVRAMRequest = Hwledger_V1_FitVramRequest
public typealias FitVRAMResponse = Hwledger_V1_FitVramResponse

public typealias RunInferenceRequest = Hwledger_V1_RunInferenceRequest
public typealias ChatMessage = Hwledger_V1_ChatMessage
public typealias Sampling = Hwledger_V1_Sampling
public typealias PromptProgress = Hwledger_V1_PromptProgress
public typealias Token = Hwledger_V1_Token
public typealias Reasoning = Hwledger_V1_Reasoning
public typealias ToolCall = Hwledger_V1_ToolCall
public typealias Completion = Hwledger_V1_Completion
public typealias EmbedRequest = Hwledger_V1_EmbedRequest
public typealias EmbedResponse = Hwledger_V1_EmbedResponse

public typealias Model = Hwledger_V1_Model
public typealias LoadOptions = Hwledger_V1_LoadOptions
public typealias LoadedModel = Hwledger_V1_LoadedModel

public typealias Device = Hwledger_V1_Device
public typealias DevicePreset = Hwledger_V1_DevicePreset
public typealias DeviceReadings = Hwledger_V1_WatchDevicesResponse

public typealias LedgerEntry = Hwledger_V1_LedgerEntry
public typealias LedgerPage = Hwledger_V1_ListEntriesResponse
public typealias TermAccuracy = Hwledger_V1_TermAccuracy
