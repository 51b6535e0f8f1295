/// The version of the contract that this module's messages and clients are generated
/// from, at every build: `proto/hwledger/v1`, whose comments tell units, ranges and what
/// an unset field means.
public let contractPackage = "hwledger.v1"
