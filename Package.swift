// swift-tools-version: 6.2

import PackageDescription

let warningsAreErrors = Context.environment["CONFORM_WARNINGS_ARE_ERRORS"] != nil

/// One set of switches for every target: the house has one dialect.
let house: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // small functions of one module are used by all others for each request
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
  ] + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])

/// What holds for C, beside it.
let warnings: [CSetting] = warningsAreErrors ? [.treatAllWarnings(as: .error)] : []

/// Libraries that are loaded into other programs: most of these know no sanitizer.
let loaded: [CSetting] = [.unsafeFlags(["-fno-sanitize=all"])]

/// The templates of the reports, and what stands in them.
let reportTemplates =
  ["behaviour.md.mustache", "behaviour.html.mustache", "comparison.html.mustache"]
  + [
    "report.html.mustache", "report-case.html.mustache", "report-row.html.mustache", "report.css", "report-text.js", "report-body.js", "report-diff.js",
    "report-exchange.js", "report-axis.js", "report-timeline.js", "report-case.js", "report-results.js", "report-page.js",
  ].map { "report/\($0)" }

let package = Package(
  name: "conform",
  products: [
    .executable(name: "conform", targets: ["conform"]),
    .executable(name: "bare-loop", targets: ["BareLoop"]),
    .library(name: "conform-clock", type: .dynamic, targets: ["ClockShim"]),
    .library(name: "slow-resolver", type: .dynamic, targets: ["SlowResolver"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
  ],
  targets: [
    // The command line: parses, calls, prints, sets the exit status.
    .executableTarget(
      name: "conform",
      dependencies: [
        "CPosix", "Conformance", "HTTPTransport", "ReferenceService", "Reporting", "Runner", "ScenarioFiles",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: house),

    // What the project exists for. None of these knows another on its floor.
    .target(name: "Runner", dependencies: ["Conformance", "HTTPTransport", "Processes", "XML"], swiftSettings: house),
    .target(
      name: "Reporting", dependencies: ["Conformance", "XML", .product(name: "Mustache", package: "swift-mustache")],
      resources: reportTemplates.map { .embedInCode("Templates/\($0)") }, swiftSettings: house),
    .target(
      name: "ScenarioFiles", dependencies: ["Conformance", .product(name: "Yams", package: "Yams")],
      swiftSettings: house),
    .target(
      name: "ReferenceService",
      dependencies: ["Conformance", .product(name: "HummingbirdCore", package: "hummingbird"), .product(name: "Mustache", package: "swift-mustache")],
      resources: [
        "layout.html.mustache", "sign-in.html.mustache", "tab.html.mustache", "create.html.mustache", "credentials.html.mustache", "replace.html.mustache",
        "delete.html.mustache", "problem.html.mustache", "page.css", "page.js",
      ].map { .embedInCode("AuthenticationPage/Templates/\($0)") },
      swiftSettings: house),

    // Thin, safe layers over C.
    .target(name: "HTTPTransport", dependencies: ["CCurl", "Conformance"], swiftSettings: house),
    .target(name: "XML", dependencies: ["CLibXML2"], swiftSettings: house),
    .target(name: "Processes", dependencies: ["Conformance", "CPosix"], swiftSettings: house),

    // A wall clock for other programs: a library of its own, loaded into launched targets.
    .target(name: "ClockShim", cSettings: warnings + loaded),

    // The words themselves: pure values, no I/O.
    .target(name: "Conformance", swiftSettings: house),

    // Tests: one target a module, the same name; all on real files, real processes and real HTTP on loopback.
    .target(name: "TestSupport", dependencies: ["Conformance"], path: "Tests/TestSupport", swiftSettings: house),
    // An endpoint that does everything wrong, each thing under a name of its own.
    .target(
      name: "HostileEndpoint", dependencies: ["Conformance", "TestSupport"], path: "Tests/HostileEndpoint", exclude: ["README.md"],
      swiftSettings: house),
    // A name server that never answers.
    .target(name: "SlowResolver", path: "Tests/SlowResolver", cSettings: warnings + loaded),
    .testTarget(
      name: "HTTPTransportTests", dependencies: ["Conformance", "HTTPTransport", "TestSupport"], swiftSettings: house),
    .testTarget(name: "ConformanceTests", dependencies: ["Conformance", "TestSupport"], swiftSettings: house),
    .testTarget(name: "ScenarioFilesTests", dependencies: ["Conformance", "ScenarioFiles"], exclude: ["Golden"], swiftSettings: house),
    .testTarget(name: "XMLTests", dependencies: ["XML"], swiftSettings: house),
    .testTarget(name: "ReportingTests", dependencies: ["Conformance", "Reporting", "XML"], exclude: ["Golden"], swiftSettings: house),
    .testTarget(name: "ProcessesTests", dependencies: ["Conformance", "Processes"], swiftSettings: house),
    .testTarget(name: "RunnerTests", dependencies: ["Conformance", "HTTPTransport", "Runner", "TestSupport"], swiftSettings: house),
    .testTarget(name: "ReferenceServiceTests", dependencies: ["Conformance", "ReferenceService"], swiftSettings: house),
    .testTarget(
      name: "CommandLineTests", dependencies: ["conform", "Conformance", "HostileEndpoint", "Reporting", "TestSupport"], swiftSettings: house),

    // What a benchmark compares with: the same requests by libcurl alone.
    .executableTarget(name: "BareLoop", dependencies: ["CCurl"], path: "Tests/Benchmarks/BareLoop"),

    // The readers, tried with mutated files.
    .executableTarget(
      name: "Fuzzing",
      dependencies: [
        "Conformance", "Reporting", "ScenarioFiles", "TestSupport", "XML", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Tests/Fuzzing", exclude: ["README.md", "libfuzzer"], swiftSettings: house),

    .systemLibrary(name: "CPosix"),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
  ]
)
