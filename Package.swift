// swift-tools-version: 6.2

import PackageDescription

let warningsAreErrors = Context.environment["CONFORM_WARNINGS_ARE_ERRORS"] != nil

/// The settings that all Swift targets share.
let commonSettings: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // Small functions of one module are called from others for each request.
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
    // In sections of their own, functions can be put in an order, and those that nothing calls are left out.
    .unsafeFlags(["-Xfrontend", "-function-sections"], .when(configuration: .release)),
    // To find a type such as a dictionary by its name takes a search of all conformances of the program.
    .unsafeFlags(
      ["-Xfrontend", "-disable-concrete-type-metadata-mangled-name-accessors"], .when(configuration: .release)),
  ] + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])

/// Those of targets whose asynchronous functions run where their callers do: a change of executors for each call of a
/// request would take longer than most of the calls.
let asynchronousSettings = commonSettings + [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]

/// The functions of our targets that a run spends its time in are side by side. `.ci/order-functions` writes the list,
/// for which it lets the linker make an order from the calls of such runs. The list is no input of the build: after a
/// change of it, only the next link uses it.
let functionOrder =
  Context.environment["CONFORM_CALL_GRAPH"].map { "--call-graph-ordering-file=\($0)" }
  ?? "--symbol-ordering-file=\(Context.packageDirectory)/Sources/conform/link-order.txt"

/// No library looks for symbols of the program: without a table of them it is smaller and starts faster. Packed relocations
/// (glibc 2.36) do the same; Swift's usual linker, gold, does not know them.
let programSettings: [LinkerSetting] = [
  .unsafeFlags(
    ["-use-ld=lld"]
      + ["--no-export-dynamic", "-z", "pack-relative-relocs", functionOrder, "--no-warn-symbol-ordering"]
      .flatMap { ["-Xlinker", $0] },
    .when(configuration: .release))
]

/// A C program without the library of Swift, which every program of a package gets: it starts at once, and runs in any
/// container.
let independentProgramSettings: [LinkerSetting] = [
  .unsafeFlags(["-nostartfiles", "-static-executable"], .when(configuration: .release))
]

/// The settings of C targets.
let cSettings: [CSetting] = warningsAreErrors ? [.treatAllWarnings(as: .error)] : []

/// Where the headers of libxml2 are. With pkg-config they would come with the library, which the program loads itself.
let xmlHeaders = ["-I/usr/include/libxml2"]
let importsXML: [SwiftSetting] = [.unsafeFlags(xmlHeaders.flatMap { ["-Xcc", $0] })]

/// Libraries that are loaded into other programs are not sanitized: most of those programs have no sanitizer runtime.
let unsanitized: [CSetting] = [.unsafeFlags(["-fno-sanitize=all"])]

/// Style sheets and scripts of the reports.
let reportResources =
  ["behaviour.css", "comparison.css"]
  + [
    "report.css", "report-text.js", "report-data.js", "report-body.js", "report-curl.js", "report-diff.js",
    "report-exchange.js", "report-axis.js", "report-timeline.js", "report-case.js", "report-results.js",
    "report-requirements.js", "report-page.js",
  ].map { "report/\($0)" }

/// Style sheet and script of the authentication tab.
let pageResources = ["page.css", "page.js"]

let package = Package(
  name: "conform",
  products: [
    .executable(name: "conform", targets: ["conform"]),
    .executable(name: "bare-loop", targets: ["BareLoop"]),
    .executable(name: "conform-clock", targets: ["ClockHelper"]),
    .library(name: "conform-clock-preload", type: .dynamic, targets: ["ClockShim"]),
    .library(name: "slow-resolver", type: .dynamic, targets: ["SlowResolver"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
  ],
  targets: [
    // The command line: parses arguments, starts the work, prints, sets the exit status.
    .executableTarget(
      name: "conform",
      dependencies: [
        "BuiltInPack", "CPosix", "ConformanceModel", "Cryptography", "Execution", "Exploration", "Files", "HTTPModel",
        "HTTPTransport", "JSONValue", "PatternMatching", "Redaction", "ReferenceService", "Reporting", "RunEvents",
        "ScenarioFiles", "XML", "YAML",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      exclude: ["link-order.txt"], swiftSettings: commonSettings, linkerSettings: programSettings),

    // The engine, the reports, the reader of files, and the reference service. None imports another.
    .target(
      name: "Execution",
      dependencies: [
        "Compression", "ConformanceModel", "Cryptography", "Files", "HTTPModel", "JSONValue", "Processes", "Redaction",
        "RunEvents", "XML", .product(name: "HeapModule", package: "swift-collections"),
      ],
      swiftSettings: asynchronousSettings),
    .target(
      name: "Reporting",
      dependencies: ["ConformanceModel", "Cryptography", "Files", "HTTPModel", "JSONValue", "RunEvents", "XML"],
      resources: reportResources.map { .embedInCode("Resources/\($0)") }, swiftSettings: commonSettings),
    .target(
      name: "ScenarioFiles",
      dependencies: ["BuiltInPack", "ConformanceModel", "Cryptography", "Files", "HTTPModel", "JSONValue", "YAML"],
      swiftSettings: commonSettings),
    .target(
      name: "ReferenceService",
      dependencies: [
        "Compression", "ConformanceModel", "Cryptography", "HTTPModel", "JSONValue", "TLS",
        .product(name: "HummingbirdCore", package: "hummingbird"),
      ],
      resources: pageResources.map { .embedInCode("Page/Resources/\($0)") }, swiftSettings: commonSettings),

    // A model of the expected behaviour, and sequences of operations that it makes.
    .target(
      name: "Exploration", dependencies: ["ConformanceModel", "HTTPModel", "JSONValue"], swiftSettings: commonSettings),

    // The folder Scenarios as a part of the program.
    .target(name: "BuiltInPack", swiftSettings: commonSettings, plugins: ["PackEmbedderPlugin"]),
    .plugin(
      name: "PackEmbedderPlugin", capability: .buildTool(), dependencies: ["PackEmbedder"],
      path: "Sources/PackEmbedderPlugin"),
    .executableTarget(name: "PackEmbedder", swiftSettings: commonSettings),

    // What a run leaves: its events, their log, and the masking of secrets in it.
    .target(
      name: "RunEvents",
      dependencies: ["CPosix", "ConformanceModel", "Cryptography", "Files", "HTTPModel", "JSONValue"],
      swiftSettings: commonSettings),
    .target(
      name: "Redaction", dependencies: ["ConformanceModel", "HTTPModel", "JSONValue"], swiftSettings: commonSettings),

    // Thin, safe layers over C.
    .target(
      name: "HTTPTransport", dependencies: ["CCurl", "ConformanceModel", "Files", "HTTPModel"],
      swiftSettings: asynchronousSettings),
    // libcurl, loaded at run time.
    .target(name: "CCurl", cSettings: cSettings),
    // libxml2, loaded at run time.
    .target(name: "CLibXML2", cSettings: cSettings + [.unsafeFlags(xmlHeaders)]),
    .target(name: "XML", dependencies: ["CLibXML2"], swiftSettings: commonSettings + importsXML),
    .target(name: "YAML", dependencies: ["CYAML"], swiftSettings: commonSettings),
    .target(name: "PatternMatching", dependencies: ["CPCRE2"], swiftSettings: commonSettings),
    .target(name: "Compression", dependencies: ["CZlib", "HTTPModel"], swiftSettings: commonSettings),
    .target(
      name: "Cryptography", dependencies: ["CLibCrypto", "ConformanceModel", "JSONValue"], swiftSettings: commonSettings
    ),
    .target(name: "TLS", dependencies: ["CLibSSL"], swiftSettings: commonSettings),
    .target(
      name: "Processes",
      dependencies: ["ConformanceModel", "CPosix", .product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: asynchronousSettings),

    // The simulated wall clock of launched programs: a program that starts them and gives them a second vDSO, and a
    // library that is preloaded into them for systems that forbid the first.
    .executableTarget(
      name: "ClockHelper", cSettings: cSettings + unsanitized, linkerSettings: independentProgramSettings),
    .target(name: "ClockShim", cSettings: cSettings + unsanitized),

    // Pure values without input or output.
    .target(
      name: "ConformanceModel", dependencies: ["HTTPModel", "JSONValue", "PatternMatching"],
      swiftSettings: commonSettings),
    .target(name: "HTTPModel", swiftSettings: asynchronousSettings),
    .target(name: "JSONValue", swiftSettings: commonSettings),

    // Opens the files that people name: regular ones only, without waiting.
    .target(name: "Files", swiftSettings: commonSettings),

    // Tests: one target a module, with its name.
    .target(
      name: "TestSupport", dependencies: ["HTTPModel", "ConformanceModel"], path: "Tests/TestSupport",
      swiftSettings: commonSettings),
    // An endpoint with many named misbehaviours.
    .target(
      name: "HostileEndpoint", dependencies: ["ConformanceModel", "HTTPModel", "TestSupport"],
      path: "Tests/HostileEndpoint",
      exclude: ["README.md"], swiftSettings: commonSettings),
    // A name server that never responds.
    .target(name: "SlowResolver", path: "Tests/SlowResolver", cSettings: cSettings + unsanitized),
    .testTarget(
      name: "HTTPTransportTests", dependencies: ["ConformanceModel", "HTTPModel", "HTTPTransport", "TestSupport"],
      swiftSettings: commonSettings),
    .testTarget(
      name: "ConformanceModelTests",
      dependencies: ["ConformanceModel", "HTTPModel", "JSONValue", "TestSupport"], swiftSettings: commonSettings),
    .testTarget(
      name: "CompressionTests", dependencies: ["Compression", "HTTPModel"], swiftSettings: commonSettings),
    .testTarget(
      name: "CryptographyTests", dependencies: ["ConformanceModel", "Cryptography", "JSONValue"],
      swiftSettings: commonSettings),
    .testTarget(
      name: "TLSTests", dependencies: ["ConformanceModel", "Cryptography", "TLS"], swiftSettings: commonSettings),
    .testTarget(name: "FilesTests", dependencies: ["Files"], swiftSettings: commonSettings),
    .testTarget(
      name: "JSONValueTests", dependencies: ["ConformanceModel", "JSONValue", "TestSupport"],
      swiftSettings: commonSettings),
    .testTarget(
      name: "RunEventsTests", dependencies: ["ConformanceModel", "HTTPModel", "JSONValue", "RunEvents"],
      swiftSettings: commonSettings),
    .testTarget(
      name: "RedactionTests", dependencies: ["ConformanceModel", "HTTPModel", "JSONValue", "Redaction", "TestSupport"],
      swiftSettings: commonSettings),
    .testTarget(
      name: "ScenarioFilesTests",
      dependencies: ["ConformanceModel", "HTTPModel", "JSONValue", "ScenarioFiles", "TestSupport"],
      exclude: ["Golden"], swiftSettings: commonSettings),
    .testTarget(
      name: "ExplorationTests",
      dependencies: [
        "BuiltInPack", "ConformanceModel", "Execution", "Exploration", "HTTPModel", "JSONValue", "Redaction",
        "ReferenceService", "RunEvents", "ScenarioFiles", "TestSupport",
      ], swiftSettings: commonSettings),
    .testTarget(name: "PatternMatchingTests", dependencies: ["PatternMatching"], swiftSettings: commonSettings),
    .testTarget(name: "XMLTests", dependencies: ["XML"], swiftSettings: commonSettings + importsXML),
    .testTarget(name: "YAMLTests", dependencies: ["YAML"], swiftSettings: commonSettings),
    .testTarget(
      name: "ReportingTests",
      dependencies: [
        "ConformanceModel", "Cryptography", "HTTPModel", "JSONValue", "Reporting", "RunEvents", "TestSupport", "XML",
      ],
      exclude: ["Golden"], swiftSettings: commonSettings),
    .testTarget(
      name: "ProcessesTests", dependencies: ["ConformanceModel", "Processes"], swiftSettings: commonSettings),
    .testTarget(
      name: "ExecutionTests",
      dependencies: [
        "ConformanceModel", "Execution", "HTTPModel", "JSONValue", "Redaction", "ReferenceService", "RunEvents",
        "TestSupport",
      ],
      swiftSettings: commonSettings),
    .testTarget(
      name: "ReferenceServiceTests",
      dependencies: [
        "ConformanceModel", "Cryptography", "HTTPModel", "HTTPTransport", "JSONValue", "ReferenceService",
      ],
      swiftSettings: commonSettings),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "conform", "Compression", "ConformanceModel", "Cryptography", "Execution", "HTTPModel", "HostileEndpoint",
        "JSONValue",
        "ReferenceService", "Reporting", "RunEvents", "TestSupport",
      ],
      exclude: ["Golden"], swiftSettings: commonSettings),

    // The baseline of the benchmark: the same requests by libcurl alone.
    .executableTarget(
      name: "BareLoop", path: "Tests/Benchmarks/BareLoop", linkerSettings: [.linkedLibrary("curl")]),

    // All readers, given mutated files.
    .executableTarget(
      name: "Fuzzing",
      dependencies: [
        "ConformanceModel", "HTTPModel", "HTTPTransport", "JSONValue", "PatternMatching", "Reporting", "RunEvents",
        "ScenarioFiles", "TestSupport", "XML", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Tests/Fuzzing", exclude: ["README.md", "libfuzzer"], swiftSettings: commonSettings),

    .systemLibrary(name: "CPosix"),
    .systemLibrary(name: "CLibSSL", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
  ]
)
