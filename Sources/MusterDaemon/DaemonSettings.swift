import Logging
import MusterRuntime
import MusterServer
import MusterSpec

/// The settings file with all defaults filled in, for the user and the machine the daemon runs on.
struct DaemonSettings: Sendable {
    let stateDirectory: String
    let server: ServerSettings
    let logLevel: Logger.Level
    let logFormat: DaemonLog.Format
    let keptEvents: Int
    let keptAge: Duration
    let stopTimeout: Duration

    /// - Parameters:
    ///   - spec: What the file says.
    ///   - overrides: What the command line says over it.
    ///   - machine: Who runs this and where.
    init(_ spec: DaemonSpec, _ overrides: Overrides, _ machine: LocalMachine) {
        let places = Self.places(machine)
        stateDirectory = machine.expand(overrides.stateDirectory ?? spec.stateDirectory ?? places.state)
        let isElsewhere = overrides.stateDirectory != nil || spec.stateDirectory != nil
        let fallback = isElsewhere || !places.isSystem ? "\(stateDirectory)/api/musterd.sock" : places.socket
        server = ServerSettings(
            socket: machine.expand(overrides.socket ?? spec.socket ?? fallback),
            tcp: spec.listen.map { ServerSettings.TCP($0, machine) }
        )
        logLevel = Logger.Level(rawValue: overrides.logLevel ?? spec.logLevel) ?? .notice
        let isJournal = machine.environment["JOURNAL_STREAM"] != nil
        logFormat = spec.logFormat.flatMap(DaemonLog.Format.init) ?? (isJournal ? .journal : .text)
        keptEvents = spec.keptEvents
        keptAge = spec.keptAge
        stopTimeout = spec.stopTimeout
    }

    /// The settings of a reload that cannot change while the daemon runs.
    ///
    /// - Parameter other: What the file says now.
    /// - Returns: The keys that differ, as the file has them.
    func fixed(unlike other: DaemonSettings) -> [String] {
        [
            ("state_dir", stateDirectory == other.stateDirectory), ("socket", server.socket == other.server.socket),
            ("listen", server.tcp == other.server.tcp), ("log.format", logFormat == other.logFormat),
            ("stop_timeout", stopTimeout == other.stopTimeout),
        ].filter { !$0.1 }.map(\.0)
    }

    /// What the command line may say.
    struct Overrides: Sendable {
        var stateDirectory: String?
        var socket: String?
        var logLevel: String?
    }

    /// Where things are when nobody says so.
    private static func places(_ machine: LocalMachine) -> (state: String, socket: String, isSystem: Bool) {
        // systemd names the directories it made for the service.
        if let state = machine.environment["STATE_DIRECTORY"], let runtime = machine.environment["RUNTIME_DIRECTORY"] {
            return (state, "\(runtime)/musterd.sock", true)
        }
        if machine.user == "root" { return ("/var/lib/musterd", DaemonSocket.system, true) }
        return ("~/.local/state/musterd", "", false)
    }
}

extension ServerSettings.TCP {
    fileprivate init(_ listen: DaemonSpec.Listen, _ machine: LocalMachine) {
        let protection: Protection =
            switch listen.protection {
            case .refused: .plaintext
            case .tls(let certificate, let key):
                .tls(certificate: machine.expand(certificate), key: machine.expand(key))
            }
        self.init(
            host: listen.address.text,
            port: listen.port.value,
            tokenFile: machine.expand(listen.tokenFile),
            protection: protection
        )
    }
}
