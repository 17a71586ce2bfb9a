// swift-tools-version: 6.3
import PackageDescription

#if canImport(Glibc)
  import Glibc
#endif

/// What `make fuzz` builds with: our own code counts its edges for libFuzzer and is watched by the address sanitizer.
let isFuzzing = Context.environment["SMTPSCOPE_FUZZING"] != nil
let instrumented: [SwiftSetting] = isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address"])] : []

/// The release build is laid out by how often each part of the code ran on the benchmarks' workloads: `make profile` counts it
/// anew. Not where another package depends on this one, which then may not have flags of its own.
let isProfiling = Context.environment["SMTPSCOPE_PROFILING"] != nil
let isDependency = Context.packageDirectory.contains("/checkouts/")
let profile = "-ir-profile-use=\(Context.packageDirectory)/Benchmarks/release.profdata"
let profiled: [SwiftSetting] =
  isDependency || isFuzzing
  ? []
  : [
    .unsafeFlags(["-Xfrontend", isProfiling ? "-ir-profile-generate" : profile], .when(configuration: .release)),
    // Types are named by what the compiler knows of them, and not looked up among all there are when they are first used.
    .unsafeFlags(
      ["-Xfrontend", "-disable-concrete-type-metadata-mangled-name-accessors"], .when(configuration: .release)),
  ]

// The compiler keeps what ARCHITECTURE.md draws: memory safety by default, and imports that cannot be wider than need be.
let rules: [SwiftSetting] = [
  .strictMemorySafety(),
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]
let strict = instrumented + profiled + rules

/// Whether the C library reads packed relocations, as glibc does from 2.36 on. They take three megabytes less of the program and
/// of what each start reads.
let packsRelocations: Bool = {
  #if canImport(Glibc)
    var name = [CChar](repeating: 0, count: 32)
    guard confstr(Int32(_CS_GNU_LIBC_VERSION), &name, name.count) > 0 else { return false }
    let words = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self).split(separator: " ")
    let version = words.last?.split(separator: ".").compactMap { Int($0) } ?? []
    return words.first == "glibc" && !version.lexicographicallyPrecedes([2, 36])
  #else
    return false
  #endif
}()

/// How the program that people run is linked. Swift's own libraries go into it, so that it runs where there are none and starts
/// in half the time; FoundationEssentials, which the argument parser needs, does not name two libraries of its own. jemalloc
/// stands in for the C library's allocator: see the README's list.
let program: [LinkerSetting] = [
  .unsafeFlags(["-static-stdlib", "-use-ld=lld"], .when(configuration: .release)),
  // What runs often lies together.
  .unsafeFlags(["-Xlinker", "-z", "-Xlinker", "keep-text-section-prefix"], .when(configuration: .release)),
  .unsafeFlags(
    packsRelocations ? ["-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"] : [], .when(configuration: .release)),
  // Nothing is loaded that would look for names in the program: they take four megabytes, and time at each start.
  .unsafeFlags(["-Xlinker", "--no-export-dynamic"], .when(configuration: .release)),
  .unsafeFlags(isProfiling ? ["-profile-generate"] : [], .when(configuration: .release)),
  .linkedLibrary("_FoundationCShims", .when(configuration: .release)),
  .linkedLibrary("_FoundationCollections", .when(configuration: .release)),
  // All of Foundation comes with GRDB, and does not name these two.
  .linkedLibrary("CoreFoundation", .when(configuration: .release)),
  .linkedLibrary("_FoundationICU", .when(configuration: .release)),
  .linkedLibrary("jemalloc", .when(configuration: .release)),
]

/// A library target of ours with its test target beside it.
func layer(
  _ name: String, _ dependencies: [Target.Dependency], tests: [Target.Dependency] = [], linked: [LinkerSetting] = []
)
  -> [Target]
{
  [
    .target(name: name, dependencies: dependencies, swiftSettings: strict),
    .testTarget(
      name: name + "Tests",
      dependencies: [.init(stringLiteral: name), "TestSupport"] + (name == "Wire" ? [] : ["Wire"]) + tests,
      swiftSettings: strict, linkerSettings: linked),
  ]
}

/// What the fuzzer feeds, with the layers that read it: a module each in `Fuzzing/Targets`.
let fuzzed: [(name: String, reads: [Target.Dependency])] = [
  ("Frames", ["PacketDecoding"]),
  ("Streams", ["PacketDecoding", "TCPStreams"]),
  ("Dialogue", ["SMTPDialogue"]),
  ("Headers", ["MailMessages"]),
  ("MIME", ["MIMEParts"]),
  ("DKIM", ["DKIM"]),
  ("TLS", ["TLSProtection", "TLSHandshake", "PeerCertificates"]),
  ("KeyLogs", ["TLSProtection"]),
  ("PcapNG", ["CLinux", "CaptureReading"]),
  ("Escaping", ["Reports"]),
  ("Outputs", ["SMTPAnalysis", "Reports", "HTMLReport", "TestSupport"]),
  ("Captures", ["FuzzPcapNG", "FuzzOutputs", "SMTPAnalysis"]),
]

let package = Package(
  name: "smtpscope",
  products: [
    .executable(name: "smtpscope", targets: ["smtpscope"]),
    // For those who build on the layers: docs/Library.docc says how.
    .library(name: "CaptureReading", targets: ["CaptureReading", "Wire"]),
    .library(name: "TCPStreams", targets: ["TCPStreams", "PacketDecoding", "Wire"]),
    .library(name: "SMTPDialogue", targets: ["SMTPDialogue", "Wire"]),
    .library(name: "SMTPAnalysis", targets: ["SMTPAnalysis", "Threads", "Wire"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    // Its HTTP server alone; swift-nio, swift-http-types and swift-log are what it speaks in.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .systemLibrary(name: "CLinux"),
    .target(name: "COctets"),
    // Not linked: see their headers.
    .systemLibrary(name: "CPcap", providers: [.apt(["libpcap-dev"])]),
    .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
    .target(name: "TestSupport", dependencies: ["Wire"], path: "Tests/TestSupport", swiftSettings: rules),
    .target(
      name: "OutputChecks", dependencies: ["Wire", "TestSupport"], path: "Tests/OutputChecks", swiftSettings: strict),
  ]
    + layer("Wire", ["COctets"])
    + layer("Threads", ["CLinux"])
    + layer("FileWriting", [])
    + layer("CaptureReading", ["Wire", "CPcap", "CArchive"], linked: [.linkedLibrary("archive")])
    + layer("PacketDecoding", ["Wire"])
    + layer(
      "TCPStreams", ["Wire", "PacketDecoding", .product(name: "BasicContainers", package: "swift-collections")],
      tests: ["PacketDecoding"])
    + layer("HostNames", ["Wire"])
    + layer("SMTPDialogue", ["Wire"])
    + layer("CaptureWriting", ["Wire"], tests: ["CaptureReading"])
    + layer(
      "CaptureSharing",
      [
        "Wire", "PacketDecoding", "TCPStreams", "SMTPDialogue", .product(name: "Crypto", package: "swift-crypto"),
      ], tests: ["PacketDecoding"])
    + layer(
      "TLSHandshake", ["Wire", "TLSProtection", .product(name: "Crypto", package: "swift-crypto")],
      tests: ["TLSProtection"])
    + layer(
      "PeerCertificates",
      [
        "Wire", .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"), .product(name: "Crypto", package: "swift-crypto"),
      ])
    + layer("PacketKeeping", ["Wire", "PacketDecoding", "CaptureWriting", "FileWriting"], tests: ["CaptureReading"])
    + layer("MailMessages", ["Wire"])
    + layer(
      "DKIM",
      [
        "Wire", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ],
      tests: [
        .product(name: "Crypto", package: "swift-crypto"), .product(name: "CryptoExtras", package: "swift-crypto"),
      ])
    + layer("MIMEParts", ["Wire", "MailMessages", .product(name: "Crypto", package: "swift-crypto")])
    + layer("MessageExtraction", ["Wire", "FileWriting", "CLinux"])
    + layer(
      "TLSProtection",
      [
        "Wire", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ],
      tests: [
        .product(name: "Crypto", package: "swift-crypto"), .product(name: "CryptoExtras", package: "swift-crypto"),
      ])
    + layer(
      "SMTPAnalysis",
      [
        "Wire", "Threads", "PacketDecoding", "TCPStreams", "HostNames", "SMTPDialogue", "TLSProtection",
        "TLSHandshake", "PeerCertificates", "MailMessages", "MIMEParts", "DKIM",
        .product(name: "BasicContainers", package: "swift-collections"),
        .product(name: "HeapModule", package: "swift-collections"),
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      tests: [
        "Threads", "TCPStreams", "HostNames", "SMTPDialogue", "TLSProtection", "TLSHandshake", "MailMessages",
        "MIMEParts", "DKIM", "Reports", .product(name: "Crypto", package: "swift-crypto"),
      ])
    + layer(
      "CaptureComparing",
      [
        "Wire", "PacketDecoding", "TCPStreams", "MailMessages", "SMTPAnalysis",
        .product(name: "Crypto", package: "swift-crypto"),
      ], tests: ["TCPStreams", "SMTPAnalysis"])
    + layer("MailStatistics", ["Wire", "TCPStreams", "SMTPAnalysis"], tests: ["TCPStreams", "SMTPAnalysis"])
    + layer(
      "Reports",
      [
        "Wire", "TCPStreams", "TLSHandshake", "PeerCertificates", "MailMessages", "MIMEParts", "DKIM", "SMTPAnalysis",
        "MailStatistics", "CaptureComparing",
        .product(name: "BasicContainers", package: "swift-collections"),
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      tests: [
        "TCPStreams", "TLSProtection", "TLSHandshake", "MailMessages", "MIMEParts", "DKIM", "SMTPAnalysis",
        "MailStatistics", "CaptureComparing",
      ])
    + layer(
      "RecordStore",
      [
        "Wire", "TCPStreams", "TLSHandshake", "PeerCertificates", "MailMessages", "MIMEParts", "DKIM", "SMTPAnalysis",
        "Reports", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      tests: ["TCPStreams", "MailMessages", "SMTPAnalysis", "Reports", .product(name: "GRDB", package: "GRDB.swift")])
    + layer(
      "LiveMetrics", ["Wire", "TCPStreams", "TLSHandshake", "SMTPAnalysis", "Reports"],
      tests: ["OutputChecks", "TCPStreams", "SMTPAnalysis", "Reports"])
    + [
      .target(
        name: "LivePage",
        dependencies: [
          "Wire", "Threads", "TCPStreams", "MailMessages", "SMTPAnalysis", "Reports", "LiveMetrics",
          .product(name: "Crypto", package: "swift-crypto"),
          .product(name: "HummingbirdCore", package: "hummingbird"),
          .product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "Logging", package: "swift-log"),
          .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        ],
        resources: [.embedInCode("Page/page.html"), .embedInCode("Page/page.css"), .embedInCode("Page/page.js")],
        swiftSettings: strict),
      .testTarget(
        name: "LivePageTests",
        dependencies: [
          "LivePage", "LiveMetrics", "TestSupport", "OutputChecks", "Wire", "TCPStreams", "SMTPAnalysis", "Reports",
        ],
        swiftSettings: strict),
    ]
    + [
      .target(
        name: "HTMLReport",
        dependencies: [
          "Wire", "TCPStreams", "TLSHandshake", "PeerCertificates", "MailMessages", "MIMEParts", "SMTPAnalysis",
          "Reports", .product(name: "Crypto", package: "swift-crypto"),
          .product(name: "Mustache", package: "swift-mustache"),
        ],
        resources: [
          "page-top", "page-middle", "page-bottom", "headline", "row", "session", "body", "mail", "step", "finding",
        ].map { .embedInCode("Templates/\($0).mustache") } + [
          .embedInCode("Templates/report.css"), .embedInCode("Templates/report.js"),
        ],
        swiftSettings: strict),
      .testTarget(
        name: "HTMLReportTests",
        dependencies: ["HTMLReport", "TestSupport", "Wire", "TCPStreams", "SMTPAnalysis", "Reports"],
        swiftSettings: strict),
    ]
    + [
      .executableTarget(
        name: "smtpscope",
        dependencies: [
          "Wire", "Threads", "CLinux", "CaptureReading", "CaptureWriting", "CaptureSharing", "CaptureComparing",
          "FileWriting", "PacketKeeping", "TCPStreams",
          "MailMessages", "MIMEParts", "TLSProtection", "TLSHandshake", "MessageExtraction", "DKIM", "SMTPAnalysis",
          "Reports", "HTMLReport", "RecordStore", "LiveMetrics", "LivePage",
          .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ], swiftSettings: strict,
        linkerSettings: program),
      .testTarget(
        name: "smtpscopeTests", dependencies: ["TestSupport", "OutputChecks", "Wire"],
        exclude: [
          "Golden", "Captures", "Live/server.py", "Live/client.py", "Live/aiosmtpd_server.py", "Live/backlog.py",
          "Live/postfix.sh",
        ],
        swiftSettings: strict),
      // The program's own types, in the tests' process; those above run what was built.
      .testTarget(
        name: "OptionTests",
        dependencies: ["smtpscope", .product(name: "ArgumentParser", package: "swift-argument-parser")],
        swiftSettings: strict),
      // What checks is not what is fuzzed: libFuzzer need not follow it.
      .target(name: "FuzzSupport", dependencies: ["Wire"], path: "Fuzzing/Support", swiftSettings: rules),
      .target(
        name: "FuzzTargets", dependencies: ["FuzzSupport"] + fuzzed.map { .init(stringLiteral: "Fuzz" + $0.name) },
        path: "Fuzzing/Targets/All", swiftSettings: rules),
      .testTarget(
        name: "FuzzTargetsTests", dependencies: ["FuzzTargets", "FuzzSupport", "TestSupport"], swiftSettings: strict),
      // The documentation's examples: only what is public can be used in them.
      .target(
        name: "Examples",
        dependencies: ["Wire", "CaptureReading", "PacketDecoding", "TCPStreams", "SMTPDialogue", "SMTPAnalysis"],
        path: "Examples", packageAccess: false, swiftSettings: strict),
      .testTarget(name: "ExamplesTests", dependencies: ["Examples", "Wire"], swiftSettings: strict),
      .testTarget(name: "SourceTests", exclude: ["unsafe.txt"], swiftSettings: strict),
    ]
    + fuzzed.map {
      .target(
        name: "Fuzz" + $0.name, dependencies: ["FuzzSupport", "Wire"] + $0.reads, path: "Fuzzing/Targets/" + $0.name,
        swiftSettings: rules)
    }
)

// The micro-benchmarks need what is not public, so they are of this package; whoever only wants the program does not build
// them.
if Context.environment["SMTPSCOPE_BENCHMARKS"] != nil {
  package.targets.append(
    .executableTarget(
      name: "micro",
      dependencies: [
        "Wire", "PacketDecoding", "TCPStreams", "SMTPDialogue", "MailMessages", "SMTPAnalysis", "Reports",
        "TestSupport",
      ], path: "Benchmarks/Micro", swiftSettings: strict))
  package.targets.append(
    .executableTarget(
      name: "ciphers",
      dependencies: [
        "Wire", "TLSProtection", .product(name: "Crypto", package: "swift-crypto"),
      ], path: "Benchmarks/Ciphers", swiftSettings: strict))
}

if isFuzzing {
  package.targets += [
    .systemLibrary(name: "CLibFuzzer", path: "Fuzzing/CLibFuzzer"),
    .target(
      name: "FuzzDriver", dependencies: ["CLibFuzzer", "FuzzSupport"], path: "Fuzzing/Driver", swiftSettings: rules),
  ]
  // A program each: libFuzzer clears and reads every counter of its program for each execution.
  let programs = fuzzed.map { fuzzed -> Target in
    .executableTarget(
      name: "fuzz-" + fuzzed.name.lowercased(),
      dependencies: ["FuzzDriver", "FuzzSupport", .init(stringLiteral: "Fuzz" + fuzzed.name)],
      path: "Fuzzing/Programs/" + fuzzed.name.lowercased(), swiftSettings: rules,
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])])
  }
  package.targets += programs
  // What they need is built, and nothing else of this package.
  var needed: Set<String> = []
  var waiting = programs.map(\.name)
  while let name = waiting.popLast() {
    guard needed.insert(name).inserted else { continue }
    for case .byNameItem(let name, _) in package.targets.first(where: { $0.name == name })?.dependencies ?? [] {
      waiting.append(name)
    }
  }
  package.targets.removeAll { !needed.contains($0.name) }
  package.products = []
}
