import Glibc
import Logging
import MusterSpec
import Synchronization

/// Writes log lines to standard error, one write per line, as whoever listens there reads them best.
struct DaemonLog: LogHandler {
    enum Format: String, Sendable {
        /// `<5>message key=value`: systemd takes the priority off and adds the time itself.
        case journal
        /// With a time and a level.
        case text
        case json
    }

    /// The least that is logged by everybody who has no level of their own; a reload changes it.
    final class Threshold: Sendable {
        private let value: Mutex<Logger.Level>

        init(_ level: Logger.Level) { value = Mutex(level) }

        var level: Logger.Level {
            get { value.withLock { $0 } }
            set { value.withLock { $0 = newValue } }
        }
    }

    var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level }
        set { ownLevel = newValue }
    }
    var metadata: Logger.Metadata = [:]
    private var ownLevel: Logger.Level?
    private let threshold: Threshold
    private let format: Format

    init(_ threshold: Threshold, format: Format) {
        self.threshold = threshold
        self.format = format
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
        let pairs = fields.map { (key: $0.key, value: "\($0.value)") }
        let line = line(event.level, "\(event.message)", pairs) + "\n"
        // A log that nobody can take any more is no reason to stop keeping deployments.
        _ = Array(line.utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    private func line(_ level: Logger.Level, _ message: String, _ fields: [(key: String, value: String)]) -> String {
        switch format {
        case .journal: return "<\(level.priority)>" + Self.plain(message, fields)
        case .text: return "\(Self.time()) \(level.rawValue) " + Self.plain(message, fields)
        case .json:
            let head: JSONValue = [
                "time": .string(Self.time()), "level": .string(level.rawValue), "message": .string(message),
            ]
            return head.adding(.object(of: fields.map { ($0.key, .string($0.value)) })).compact
        }
    }

    private static func plain(_ message: String, _ fields: [(key: String, value: String)]) -> String {
        let pairs = fields.map { field in
            field.value.contains(where: { $0 == " " || $0 == "\"" })
                ? " \(field.key)=\(JSONValue.string(field.value).compact)" : " \(field.key)=\(field.value)"
        }
        let text = message + pairs.joined()
        // One event is one line, whatever a node has said.
        return String(text.map { $0.isNewline ? " " : $0 })
    }

    private static func time() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        gmtime_r(&now.tv_sec, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S", &parts)
        let text = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let milliseconds = String(now.tv_nsec / 1_000_000)
        return text + "." + String(repeating: "0", count: 3 - milliseconds.count) + milliseconds + "Z"
    }
}

extension Logger.Level {
    /// Of syslog, which has no trace.
    fileprivate var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}

/// The keys of log fields; there are no others, so that a search finds them.
enum LogKey {
    static let deployment = "deployment"
    /// Left out for the first or only one.
    static let replica = "replica"
    static let generation = "generation"
    static let node = "node"
    static let kind = "kind"
    static let code = "code"
    static let path = "path"
    static let reason = "reason"
}
