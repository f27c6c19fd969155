import ArgumentParser
import Glibc
import Logging
import MusterMetrics
import MusterRuntime
import MusterServer
import MusterSpec
import MusterStore
import ServiceLifecycle
import UnixSignals

/// `musterd`
struct DaemonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "musterd",
        abstract: "Keep deployments up: watch every unit, restart what failed, and serve the API.",
        discussion: """
            SIGTERM stops the daemon and nothing else: what runs on nodes stays, and is taken over at the next start. \
            SIGHUP reads the settings again. Exit codes: 0 stopped, 1 failed, 2 wrong usage, 3 the settings are invalid.
            """,
        version: Release.version
    )

    @Option(name: [.short, .long], help: "The settings file; without it /etc/musterd.yaml, if that is there.")
    var config: String?
    @Option(help: "The directory of the database, over the file's.")
    var stateDir: String?
    @Option(help: "The path of the API's socket, over the file's.")
    var socket: String?
    @Option(help: "The least that is logged, over the file's: trace, debug, info, notice, warning or error.")
    var logLevel: String?
    @Flag(help: "Read the settings, say what is wrong with them, and end.")
    var check = false

    private static let defaultPath = "/etc/musterd.yaml"

    func validate() throws {
        guard let logLevel else { return }
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("`\(logLevel)` is no level; there are trace, debug, info, notice, warning and error")
        }
    }

    /// Returns the exit code.
    func run() async throws -> Int32 {
        let machine = LocalFiles.machine()
        let settings: DaemonSettings
        do throws(InvalidSettings) {
            settings = try read(machine) { Self.say($0) }
        } catch {
            for line in error.lines { Self.say(line) }
            return 3
        }
        if check {
            Self.say("state directory \(settings.stateDirectory), socket \(settings.server.socket): all is well")
            return 0
        }
        let threshold = DaemonLog.Threshold(settings.logLevel)
        let logger = Logger(label: "musterd") { _ in DaemonLog(threshold, format: settings.logFormat) }
        do {
            try await serve(settings, machine, logger, threshold)
            return 0
        } catch {
            logger.error("\(error)")
            return 1
        }
    }

    private func serve(
        _ settings: DaemonSettings,
        _ machine: LocalMachine,
        _ logger: Logger,
        _ threshold: DaemonLog.Threshold
    ) async throws {
        if let problem = LocalFiles.makeDirectory(settings.stateDirectory) {
            throw StoreError(.unreadable, "the state directory cannot be made: \(problem.reason)")
        }
        let store = try EventStore(file: "\(settings.stateDirectory)/musterd.sqlite")
        let registry = MetricsRegistry()
        let metrics = DaemonMetrics(registry)
        let steward = Steward(store, machine: machine, settings: settings, metrics: metrics, logger: logger)
        try await steward.load()
        let notify = Notify(environment: machine.environment, pid: machine.pid)
        // What libraries have to say is of use only when something is wrong with them.
        var libraries = logger
        libraries.logLevel = max(.warning, logger.logLevel)
        let server = APIServer(
            steward,
            settings: settings.server,
            version: Release.version,
            metrics: registry,
            logger: libraries
        ) { listener in
            switch listener {
            case .socket(let path):
                logger.notice("serving", metadata: [LogKey.path: "\(path)"])
                notify.ready("serving")
            case .tcp(let host, let port): logger.notice("serving", metadata: [LogKey.path: "\(host):\(port)"])
            }
        }
        let signals = SignalService(notify: notify, logger: logger) { () async throws(InvalidSettings) in
            let new = try self.read(machine) { logger.warning("\($0)") }
            threshold.level = new.logLevel
            await steward.take(new)
            return settings.fixed(unlike: new)
        }
        let watchdog = WatchdogService(notify) { await steward.isAlive(within: .seconds(20)) }
        var configuration = ServiceGroupConfiguration(
            services: [steward, server, signals, watchdog],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: libraries
        )
        configuration.maximumGracefulShutdownDuration = settings.stopTimeout
        logger.notice("musterd \(Release.version)", metadata: [LogKey.path: "\(settings.stateDirectory)"])
        try await ServiceGroup(configuration: configuration).run()
        logger.notice("stopped; what runs on nodes stays")
    }

    /// Why settings cannot be used, a problem a line.
    struct InvalidSettings: Error {
        var lines: [String]
    }

    /// Reads the settings.
    ///
    /// - Parameters:
    ///   - machine: Who runs this and where.
    ///   - warn: Takes what is wrong with settings that can be used all the same.
    /// - Returns: The settings, with what the command line says over them.
    /// - Throws: What is wrong with them.
    private func read(
        _ machine: LocalMachine,
        warn: (String) -> Void
    ) throws(InvalidSettings) -> DaemonSettings {
        let path = config ?? Self.defaultPath
        var spec = DaemonSpec()
        switch LocalFiles.read(path, machine) {
        case .failure(let problem):
            // Nobody has to have a file; who names one has to.
            guard config == nil, access(path, F_OK) != 0 else {
                throw InvalidSettings(lines: ["error: the settings cannot be read: `\(path)`: \(problem.reason)"])
            }
        case .success(let bytes):
            let file = DaemonFile(bytes: bytes, name: path)
            guard !file.diagnostics.hasErrors else { throw InvalidSettings(lines: DiagnosticLines.lines(file)) }
            DiagnosticLines.lines(file).forEach(warn)
            spec = file.spec
        }
        let overrides = DaemonSettings.Overrides(stateDirectory: stateDir, socket: socket, logLevel: logLevel)
        return DaemonSettings(spec, overrides, machine)
    }

    /// A line for a person, before there is a log.
    static func say(_ text: String) {
        _ = Array((text + "\n").utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
