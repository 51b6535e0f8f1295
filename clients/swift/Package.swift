// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "HWLedger",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "HWLedger", targets: ["HWLedger", "HWLedgerContract"]),
    .executable(name: "hwledger-swift", targets: ["hwledger-swift"]),
    .executable(name: "HWLedgerApp", targets: ["HWLedgerApp"]),
  ],
  dependencies: [
    // Needs no other package, so that it builds and is tested with the toolchain alone.
    .package(path: "ViewModels"),
    .package(url: "https://github.com/grpc/grpc-swift-2.git", from: "2.2.0"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf.git", from: "2.2.0"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport.git", from: "2.4.0"),
    .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.31.0"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.5.0"),
    // The tests' certificates. The transport above needs these, too.
    .package(url: "https://github.com/apple/swift-asn1.git", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-certificates.git", from: "1.14.0"),
    .package(url: "https://github.com/apple/swift-crypto.git", "3.12.3"..<"5.0.0"),
  ],
  targets: [
    // The contract: generated from `proto/` at every build.
    .target(
      name: "HWLedgerContract",
      dependencies: [
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      plugins: [
        .plugin(name: "GRPCProtobufGenerator", package: "grpc-swift-protobuf")
      ]
    ),
    // What an app or a script asks the daemon with.
    .target(
      name: "HWLedger",
      dependencies: [
        "HWLedgerContract",
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
        .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]
    ),
    // The daemon as the view models want it.
    .target(
      name: "HWLedgerConnection",
      dependencies: [
        "HWLedger",
        "HWLedgerContract",
        .product(name: "HWLedgerViewModels", package: "ViewModels"),
      ]
    ),
    .executableTarget(
      name: "hwledger-swift",
      dependencies: [
        "HWLedger",
        "HWLedgerContract",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "HWLedgerFormat", package: "ViewModels"),
      ]
    ),
    .executableTarget(
      name: "HWLedgerApp",
      dependencies: [
        "HWLedger",
        "HWLedgerConnection",
        .product(name: "HWLedgerFormat", package: "ViewModels"),
        .product(name: "HWLedgerViewModels", package: "ViewModels"),
      ],
      // Compiled into the app's bundle, where SwiftUI looks for it.
      exclude: ["Localizable.xcstrings"]
    ),
    .testTarget(
      name: "HWLedgerTests",
      dependencies: [
        "HWLedger",
        "HWLedgerConnection",
        "HWLedgerContract",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
        .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
        .product(name: "HWLedgerViewModels", package: "ViewModels"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
      ]
    ),
  ]
)
