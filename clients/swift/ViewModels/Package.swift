// swift-tools-version: 6.0
import PackageDescription

// Needs the toolchain and nothing else.
let package = Package(
  name: "ViewModels",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "HWLedgerFormat", targets: ["HWLedgerFormat"]),
    .library(name: "HWLedgerViewModels", targets: ["HWLedgerViewModels"]),
  ],
  targets: [
    .target(name: "HWLedgerFormat"),
    .target(name: "HWLedgerViewModels", dependencies: ["HWLedgerFormat"]),
    .testTarget(name: "HWLedgerFormatTests", dependencies: ["HWLedgerFormat"]),
    .testTarget(name: "HWLedgerViewModelsTests", dependencies: ["HWLedgerViewModels"]),
  ]
)
