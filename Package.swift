// swift-tools-version: 6.2
import PackageDescription

// Upcoming features shared by every Swift target: imports are internal unless a public one is a decision, and a
// warning is an error, so the tree never carries any.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "muster",
    products: [
        .executable(name: "muster", targets: ["muster"]),
        .executable(name: "musterd", targets: ["musterd"]),
        .library(name: "MusterSSH", targets: ["MusterSSH"]),
    ],
    dependencies: [
        // Replaces hand-written option parsing, help pages and shell completions.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Replaces a linear-scan dictionary that keeps the order a person wrote.
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        // Replaces our own SHA-256 (render and plan hashes, key fingerprints) and HMAC-SHA1 (hashed known hosts).
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // Replaces a log format of our own.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Replaces event loops, byte buffers and socket options under the HTTP server and client.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // Replaces an SQLite binding, migrations and a connection pool.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // Replaces an HTTP server.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        // Replaces a YAML parser.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // Replaces an HTTP client over a Unix socket.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // Replaces sigaction and self-pipe code, and start and stop order of the daemon's parts.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Replaces posix_spawn, pipes and time limits around `ssh -G`.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .systemLibrary(name: "CLibSSH2", pkgConfig: "libssh2", providers: [.apt(["libssh2-1-dev"])]),
        .target(name: "CNodeScript"),
        .target(name: "CFlagCatalog"),
        .target(
            name: "MusterSpec",
            dependencies: [
                .product(name: "Yams", package: "Yams"),
                .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "MusterEngines",
            dependencies: [
                "CFlagCatalog", "MusterSpec", .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "MusterPlan",
            dependencies: [
                "MusterSpec", "MusterEngines",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "MusterDoctor",
            dependencies: [
                "MusterSpec", "MusterEngines", "MusterPlan",
                .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            swiftSettings: settings
        ),
        .target(name: "MusterSupervision", dependencies: ["MusterPlan"], swiftSettings: settings),
        .target(
            name: "MusterSSH",
            dependencies: [
                "CLibSSH2",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .target(name: "MusterLock", swiftSettings: settings),
        .target(name: "MusterMetrics", swiftSettings: settings),
        .target(
            name: "MusterStore",
            dependencies: ["MusterLock", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: settings
        ),
        .target(name: "MusterAPI", swiftSettings: settings),
        .target(
            name: "MusterClient",
            dependencies: [
                "MusterAPI",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "MusterServer",
            dependencies: [
                "MusterAPI", "MusterLock", "MusterMetrics",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .target(name: "MusterTerminal", dependencies: ["MusterSpec"], swiftSettings: settings),
        .target(
            name: "MusterRuntime",
            dependencies: [
                "CNodeScript", "MusterSpec", "MusterEngines", "MusterPlan", "MusterDoctor", "MusterSupervision",
                "MusterSSH", "MusterStore", "MusterLock", "MusterAPI", "MusterMetrics",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "MusterDaemon",
            dependencies: [
                "MusterSpec", "MusterEngines", "MusterPlan", "MusterSupervision", "MusterRuntime", "MusterSSH",
                "MusterStore", "MusterAPI", "MusterMetrics", "MusterServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "MusterCommands",
            dependencies: [
                "MusterSpec", "MusterEngines", "MusterPlan", "MusterDoctor", "MusterSupervision", "MusterRuntime",
                "MusterSSH", "MusterTerminal", "MusterAPI", "MusterClient",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(name: "muster", dependencies: ["MusterCommands"], swiftSettings: settings),
        .executableTarget(name: "musterd", dependencies: ["MusterDaemon"], swiftSettings: settings),
        .executableTarget(
            name: "muster-bench",
            dependencies: [
                "MusterSpec", "MusterEngines", "MusterPlan", "MusterDoctor", "MusterSupervision", "MusterSSH",
                "MusterStore", "MusterRuntime", "MusterSimulation",
            ],
            swiftSettings: settings
        ),
        .target(name: "MusterTesting", path: "Tests/MusterTesting", swiftSettings: settings),
        .target(
            name: "MusterSimulation",
            dependencies: ["MusterSpec", "MusterEngines", "MusterPlan", "MusterSSH", "MusterRuntime"],
            path: "Tests/MusterSimulation",
            swiftSettings: settings
        ),
        .testTarget(name: "ArchitectureTests", dependencies: ["MusterTesting"], swiftSettings: settings),
        .testTarget(
            name: "MusterSpecTests",
            dependencies: [
                "MusterSpec", "MusterTesting",
                .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            exclude: ["Goldens"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MusterEnginesTests",
            dependencies: ["MusterEngines", "MusterSpec", "MusterTesting"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MusterPlanTests",
            dependencies: ["MusterPlan", "MusterEngines", "MusterSpec", "MusterTesting"],
            exclude: ["Goldens"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MusterTerminalTests",
            dependencies: ["MusterTerminal", "MusterPlan", "MusterSpec", "MusterTesting"],
            exclude: ["Goldens"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MusterDoctorTests",
            dependencies: [
                "MusterDoctor", "MusterPlan", "MusterEngines", "MusterSpec", "MusterTesting", "CNodeScript",
            ],
            exclude: ["Goldens"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MusterSupervisionTests",
            dependencies: ["MusterSupervision", "MusterPlan", "MusterEngines", "MusterSpec", "MusterTesting"],
            swiftSettings: settings
        ),
        .testTarget(name: "MusterSSHTests", dependencies: ["MusterSSH", "MusterTesting"], swiftSettings: settings),
        .testTarget(
            name: "MusterStoreTests",
            dependencies: ["MusterStore", "MusterTesting", .product(name: "GRDB", package: "GRDB.swift")],
            exclude: ["Goldens"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MusterServerTests",
            dependencies: [
                "MusterServer", "MusterClient", "MusterAPI", "MusterLock", "MusterMetrics", "MusterStore",
                "MusterTesting",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            exclude: ["Goldens"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MusterRuntimeTests",
            dependencies: [
                "MusterRuntime", "MusterDoctor", "MusterSupervision", "MusterPlan", "MusterEngines", "MusterSpec",
                "MusterSSH", "MusterStore", "MusterSimulation", "MusterTesting",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MusterCommandsTests",
            dependencies: [
                "MusterCommands", "MusterRuntime", "MusterTerminal", "MusterSupervision", "MusterPlan", "MusterEngines",
                "MusterAPI", "MusterClient", "MusterSpec", "MusterTesting", "muster", "musterd",
            ],
            exclude: ["Goldens"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MusterDaemonTests",
            dependencies: [
                "MusterDaemon", "MusterRuntime", "MusterStore", "MusterSupervision", "MusterAPI",
                "MusterClient", "MusterSpec", "MusterTesting", "musterd",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "LabTests",
            dependencies: [
                "MusterAPI", "MusterClient", "MusterSpec", "MusterTesting", "muster", "musterd",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: settings
        ),
    ],
    cLanguageStandard: .gnu2x
)
