package import MusterSpec

/// One known way in which a launch fails, or a line that looks like a failure and is none.
package struct FailureSignature: Hashable, Sendable {
    /// Whether the process that prints the line goes on.
    package enum Fatality: String, Codable, Sendable {
        case fatal
        /// It goes on, slower, or until it gives up.
        case warning
        /// Nothing is wrong.
        case harmless
    }

    /// What the line says about who is at fault.
    package enum Role: String, Codable, Sendable {
        /// The process that prints it has the fault.
        case cause
        /// It waited for others or did not reach them: the fault may be on either side.
        case symptom
        /// Something failed, and another line says what.
        case umbrella
        /// A peer was gone: the fault is elsewhere.
        case victim
    }

    /// When in the life of a deployment the line is printed.
    package enum Stage: String, Codable, Sendable {
        case ssh, preflight, container, bootstrap
        case communicator = "nccl_init"
        case load
        case cache = "kv_alloc"
        case graphs = "graph_capture"
        case ready, serving, shutdown, any
    }

    /// The releases of one engine that print the line, where not all do.
    package struct Releases: Hashable, Sendable {
        package var engine: EngineSpec.Kind
        package var from: EngineVersion?
        package var before: EngineVersion?
    }

    /// Never given to another failure: what JSON names it by.
    package let id: String
    package let area: FailureArea
    package let fatality: Fatality
    package let role: Role
    package let stage: Stage
    package let patterns: [LinePattern]
    package let meaning: String
    package let remedy: String
    /// The key of the cluster file that the remedy changes, where there is one.
    package let key: String?
    /// Empty where every release prints it.
    package let releases: [Releases]

    init(
        _ id: String,
        _ area: FailureArea,
        _ fatality: Fatality,
        _ role: Role,
        _ stage: Stage,
        _ patterns: [LinePattern],
        means meaning: String,
        fix remedy: String,
        key: String? = nil,
        releases: [Releases] = []
    ) {
        self.id = id
        self.area = area
        self.fatality = fatality
        self.role = role
        self.stage = stage
        self.patterns = patterns
        self.meaning = meaning
        self.remedy = remedy
        self.key = key
        self.releases = releases
    }

    /// Whether a release of an engine can print the line; one that is in no range can.
    package func applies(to engine: EngineSpec.Kind, _ version: EngineVersion) -> Bool {
        releases.isEmpty
            || releases.contains { range in
                range.engine == engine && (range.from.map { version >= $0 } ?? true)
                    && (range.before.map { version < $0 } ?? true)
            }
    }
}
