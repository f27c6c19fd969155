import MusterSpec

/// Why a gang failed, in one answer that outlives the logs it was found in.
package struct FailureAnswer: Codable, Hashable, Sendable {
    /// The signature's, the same in every release.
    package let id: String
    /// The code whose page explains failures of this part of the stack.
    package let code: String?
    package let area: FailureArea
    package let fatality: FailureSignature.Fatality
    /// `.victim` and `.symptom` where no log shows the fault itself.
    package let role: FailureSignature.Role
    package let stage: FailureSignature.Stage
    /// The host.
    package let node: String
    /// The log: a file's name, or that of a unit.
    package let source: String
    /// The rank or process of it, as the engine names it.
    package let rank: String?
    /// On the common clock where clocks were measured, else as it stands in the log; nothing where no line before it had a
    /// time.
    package let time: LogInstant?
    /// The line itself, and the one that tells most beside it.
    package private(set) var evidence: [String]
    /// Other ranks, or units where lines name no rank, that failed, too.
    package let suffered: Int
    package let meaning: String
    package let remedy: String
    /// The key of the cluster file that the remedy changes, in the words of the engine that runs.
    package let key: String?

    enum CodingKeys: String, CodingKey {
        case id, code, area, fatality, role
        case stage = "phase"
        case node, source, rank
        case time = "time_ns"
        case evidence, suffered, meaning, remedy, key
    }

    init(
        _ signature: FailureSignature,
        role: FailureSignature.Role,
        in source: LogSource,
        rank: String?,
        time: LogInstant?,
        evidence: [String],
        suffered: Int,
        key: String?
    ) {
        id = signature.id
        code = signature.area.code?.description
        area = signature.area
        fatality = signature.fatality
        self.role = role
        stage = signature.stage
        node = source.node
        self.source = source.name
        self.rank = rank
        self.time = time
        self.evidence = evidence
        self.suffered = suffered
        meaning = signature.meaning
        remedy = signature.remedy
        self.key = key
    }

    /// Whether the deployment cannot go on after it.
    package var isFatal: Bool { fatality == .fatal }

    /// The same answer with its lines as somebody else may see them.
    package func scrubbed(_ scrub: (String) -> String) -> FailureAnswer {
        var copy = self
        copy.evidence = evidence.map(scrub)
        return copy
    }
}
