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

    package init(
        name: String? = nil,
        generation: Int? = nil,
        hasEnded: Bool? = nil,
        answer: FailureAnswer?,
        unread: [RuntimeError] = []
    ) {
        self.name = name
        self.generation = generation
        self.hasEnded = hasEnded
        self.answer = answer
        self.unread = unread
    }

    /// The `id` is null where no line is a known failure.
    package var json: JSONValue {
        let head: JSONValue = [
            "format": "muster.why/1", "name": .optional(name), "generation": .optional(generation),
            "has_ended": hasEnded.map(JSONValue.boolean) ?? .null,
        ]
        return head.adding(answer?.json ?? ["id": .null])
            .adding(["unread": .array(unread.map(Documents.error))])
    }
}
