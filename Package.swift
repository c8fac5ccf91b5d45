// swift-tools-version: 6.1
import PackageDescription

// MARK: Settings, applied to every Swift target

let settings: [SwiftSetting] =
    [
        "ExistentialAny", "MemberImportVisibility", "InternalImportsByDefault",
        "NonisolatedNonsendingByDefault",
    ].map { .enableUpcomingFeature($0) } + [.unsafeFlags(["-warnings-as-errors"])]

// MARK: Libraries that others keep

extension Target.Dependency {
    static let argumentParser: Self = .product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncHTTPClient: Self = .product(name: "AsyncHTTPClient", package: "async-http-client")
    static let configuration: Self = .product(name: "Configuration", package: "swift-configuration")
    static let crypto: Self = .product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras: Self = .product(name: "CryptoExtras", package: "swift-crypto")
    static let grdb: Self = .product(name: "GRDB", package: "GRDB.swift")
    static let hummingbird: Self = .product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore: Self = .product(name: "HummingbirdCore", package: "hummingbird")
    static let hummingbirdTesting: Self = .product(name: "HummingbirdTesting", package: "hummingbird")
    static let lifecycle: Self = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let logging: Self = .product(name: "Logging", package: "swift-log")
    static let metrics: Self = .product(name: "Metrics", package: "swift-metrics")
    static let mustache: Self = .product(name: "Mustache", package: "swift-mustache")
    static let nioCore: Self = .product(name: "NIOCore", package: "swift-nio")
    static let nioHTTP1: Self = .product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix: Self = .product(name: "NIOPosix", package: "swift-nio")
    static let nioTLS: Self = .product(name: "NIOTLS", package: "swift-nio")
    static let nioSSL: Self = .product(name: "NIOSSL", package: "swift-nio-ssl")
    static let unixSignals: Self = .product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let yams: Self = .product(name: "Yams", package: "Yams")
}

// MARK: Kinds of target

/// A module under `Shared/`.
func shared(_ name: String, _ dependencies: [Target.Dependency] = [], contracts: Bool = false) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Shared/\(name)",
        plugins: contracts ? ["ContractsPlugin"] : [])
}

/// A service: its library in `Services/<path>`, and beside it in `Main/` the few lines of its executable.
///
/// - Parameter assets: whether the files under its `Web/Assets` are put into it.
func service(
    _ name: String, path: String? = nil, _ dependencies: [Target.Dependency], contracts: Bool = false,
    assets: Bool = false
) -> [Target] {
    let folder = "Services/\(path ?? name)"
    return [
        .target(
            name: name,
            dependencies: dependencies + ["ServiceRuntime", "Bus", "Models", .lifecycle, .logging],
            path: folder, exclude: ["Main"] + (assets ? ["Web/Assets"] : []),
            plugins: (contracts ? ["ContractsPlugin"] : []) + (assets ? ["AssetsPlugin"] : [])),
        .executableTarget(
            name: "\(name)Main", dependencies: [.target(name: name), "ServiceRuntime"], path: "\(folder)/Main"
        ),
    ]
}

/// An adapter: a service with provider contracts beside its code, and the tests of it.
func adapter(_ category: String) -> [Target] {
    service("\(category)Adapter", path: "Adapters/\(category)", ["AdapterKit", .crypto], contracts: true)
        + [
            tests(
                "\(category)AdapterTests",
                [
                    .target(name: "\(category)Adapter"), "AdapterKit", "AdapterTestSupport", "Models",
                    "ServiceRuntime", .crypto, .grdb, .logging, .nioCore, .nioPosix, .nioSSL,
                ], resources: [.copy("Wire")])
        ]
}

/// A test target in `Tests/<name>`, or in `Tests/<path>`.
func tests(
    _ name: String, path: String? = nil, _ dependencies: [Target.Dependency], exclude: [String] = [],
    resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestSupport"], path: "Tests/\(path ?? name)",
        exclude: exclude, resources: resources)
}

/// An executable product under the name that operators type.
func executable(_ name: String, _ target: String) -> Product {
    .executable(name: name, targets: [target])
}

// MARK: The package

/// Every category that has an adapter, and its executable, in the order in which categories are shown: the one line that a
/// new category adds.
let adapters = [
    ("Hosting", "hosting-adapter"),
    ("Domains", "domains-adapter"),
    ("Servers", "servers-adapter"),
    ("Licenses", "licenses-adapter"),
    ("SEO", "seo-adapter"),
    ("Builders", "builders-adapter"),
    ("OfficeTools", "office-tools-adapter"),
    ("AutoLogin", "auto-login-adapter"),
]

let sharedModules: [Target] = [
    .systemLibrary(
        name: "CRabbitMQ", path: "Shared/CRabbitMQ", pkgConfig: "librabbitmq",
        providers: [.apt(["librabbitmq-dev"])]),
    .systemLibrary(name: "CMalloc", path: "Shared/CMalloc"),
    // Reading and writing JSON is a fifth of all that tests compute where it is not optimised.
    .target(
        name: "ContractSchema", path: "Shared/Contracts/Schema",
        swiftSettings: [.unsafeFlags(["-O"], .when(configuration: .debug))]),
    .executableTarget(
        name: "ContractsGenerator", dependencies: ["ContractSchema", .yams],
        path: "Shared/Contracts/Generator"),
    .plugin(
        name: "ContractsPlugin", capability: .buildTool(), dependencies: ["ContractsGenerator"],
        path: "Shared/Contracts/Plugin"),
    .plugin(
        name: "AdaptersPlugin", capability: .buildTool(), dependencies: ["ContractsGenerator"],
        path: "Shared/Contracts/AdaptersPlugin"),
    .plugin(
        name: "AssetsPlugin", capability: .buildTool(), dependencies: ["ContractsGenerator"],
        path: "Shared/Contracts/AssetsPlugin"),
    shared("Models", ["ContractSchema"], contracts: true),
    shared("AMQP", ["CRabbitMQ", .logging]),
    shared("Bus", ["AMQP", .logging]),
    shared(
        "AdapterKit",
        [
            "Bus", "Models", "ServiceRuntime", .asyncHTTPClient, .grdb, .lifecycle, .logging, .metrics,
            .nioCore,
            .nioHTTP1, .nioPosix, .nioSSL, .nioTLS,
        ]),
    shared(
        "ServiceRuntime",
        [
            "Bus", "Models", .configuration, .crypto, .hummingbird, .lifecycle, .logging, .metrics,
            .unixSignals,
        ]),
]

let services: [Target] =
    service(
        "Gateway", [.hummingbird, .hummingbirdCore, .nioCore, .metrics, .crypto, .mustache], assets: true)
    + service("Orchestrator", ["AdapterKit", "CMalloc", .grdb, .crypto, .cryptoExtras, .metrics])
    + service("LogCollector", [.grdb, .metrics])
    + adapters.flatMap { adapter($0.0) }
    + [
        .executableTarget(
            name: "Purser",
            dependencies: adapters.map { .target(name: "\($0.0)Adapter") } + [
                "AdapterKit", "Gateway", "Orchestrator", "LogCollector", "ServiceRuntime", "Models",
                .argumentParser,
                .asyncHTTPClient, .grdb, .nioCore,
            ], path: "Services/Purser", plugins: ["AdaptersPlugin"])
    ]

let testTargets: [Target] = [
    .executableTarget(
        name: "ValidationBenchmark", dependencies: ["Models"], path: "Tests/Benchmarks/ValidationBenchmark"),
    .target(name: "TestSupport", dependencies: ["Bus", "Models", .logging], path: "Tests/TestSupport"),
    tests(
        "ModelsTests", ["Models", "ContractsGenerator"],
        resources: [.copy("Golden"), .copy("Catalogue")]),
    tests("CatalogueTests", ["AdapterKit", "Models", "Purser"]),
    tests("ProviderTests", ["AdapterKit", "AdapterTestSupport", "Models", "Purser", .nioSSL]),
    tests("BusTests", ["Bus", "AMQP", .logging]),
    .target(
        name: "AdapterTestSupport",
        dependencies: [
            "AdapterKit", "Models", "ServiceRuntime", "TestSupport", .grdb, .logging, .nioCore, .nioPosix,
            .nioSSL,
        ], path: "Tests/AdapterTestSupport"),
    tests(
        "AdapterKitTests",
        [
            "AdapterKit", "AdapterTestSupport", "Bus", "Models", "ServiceRuntime", .lifecycle, .logging,
            .nioCore, .nioPosix,
            .nioHTTP1, .nioSSL,
        ]),
    tests(
        "ServiceRuntimeTests",
        ["ServiceRuntime", .hummingbird, .hummingbirdTesting, .lifecycle, .logging, .metrics]),
    tests("OrchestratorTests", ["Orchestrator", "SystemSupport", .crypto, .grdb]),
    tests("LogCollectorTests", ["LogCollector", "ServiceRuntime", .grdb, .lifecycle, .logging]),
    tests("GatewayTests", ["Gateway", .hummingbirdTesting]),
    tests("AccessTests", ["Gateway", "LogCollector", "Orchestrator", .grdb, .hummingbirdTesting]),
    tests("PurserTests", ["AdapterKit", "Models", "Orchestrator", "Purser", "ServiceRuntime", .grdb]),
    .target(
        name: "SystemSupport",
        dependencies: [
            "Models", "ServiceRuntime", "TestSupport", .asyncHTTPClient, .grdb, .nioCore, .nioHTTP1,
            .nioPosix,
        ], path: "Tests/SystemSupport"),
    tests(
        "EndToEndTests",
        ["AMQP", "Bus", "Gateway", "Models", "ServiceRuntime", "SystemSupport", .grdb, .logging, .nioHTTP1]),
    tests(
        "FaultsTests", path: "Faults", ["Models", "ServiceRuntime", "SystemSupport", .grdb],
        exclude: ["soak"]),
]

let package = Package(
    name: "Purser",
    platforms: [.macOS(.v15)],
    products: [
        executable("purser", "Purser"),
        executable("gateway", "GatewayMain"),
        executable("orchestrator", "OrchestratorMain"),
        executable("log-collector", "LogCollectorMain"),
    ] + adapters.map { executable($0.1, "\($0.0)AdapterMain") },
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0", traits: [.defaults]),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: sharedModules + services + testTargets
)

for target in package.targets where ![.system, .plugin, .binary].contains(target.type) {
    target.swiftSettings = settings + (target.swiftSettings ?? [])
}
