package import MusterEngines
package import MusterSpec

/// `muster.why/1`: why a gang failed.
package struct WhyDocument: Sendable {
    /// The deployment; nothing where only logs were given.
    package var name: String?
    package var generation: Int?
    /// Whether something of it ended by itself; nothing where only logs were given.
    package var hasEnded: Bool?
    package var answer: FailureAnswer?
    package var unread: [RuntimeError]
    /// The nodes whose kernel keeps its log from this user.
    package var closedKernels: [String]

    package init(
        name: String? = nil,
        generation: Int? = nil,
        hasEnded: Bool? = nil,
        answer: FailureAnswer?,
        unread: [RuntimeError] = [],
        closedKernels: [String] = []
    ) {
        self.name = name
        self.generation = generation
        self.hasEnded = hasEnded
        self.answer = answer
        self.unread = unread
        self.closedKernels = closedKernels
    }

    /// The `id` is null where no line is a known failure.
    package var json: JSONValue {
        let head: JSONValue = [
            "format": "muster.why/1", "name": .optional(name), "generation": .optional(generation),
            "has_ended": hasEnded.map(JSONValue.boolean) ?? .null,
        ]
        return head.adding(answer?.json ?? FailureAnswer.none)
            .adding([
                "unread": .array(unread.map(Documents.error)),
                "closed_kernels": .array(closedKernels.map(JSONValue.string)),
            ])
    }
}

extension WhyDocument {
    package init(_ name: String, _ look: FailureLook) {
        self.init(
            name: name,
            generation: look.generation,
            hasEnded: look.hasEnded,
            answer: look.answer,
            unread: look.unread,
            closedKernels: look.closedKernels
        )
    }
}
