/// One thing that happened, before the store has given it a number.
package struct NewEvent: Hashable, Sendable {
    /// Milliseconds since 1970, UTC.
    package var at: Int64
    /// What it happened to; empty for the daemon itself.
    package var deployment: String
    package var kind: String
    /// Who or what made it happen.
    package var actor: String
    /// JSON. The store does not look into it.
    package var payload: String

    package init(at: Int64, deployment: String, kind: String, actor: String, payload: String) {
        self.at = at
        self.deployment = deployment
        self.kind = kind
        self.actor = actor
        self.payload = payload
    }
}

/// An event with its place in the order of all events. Numbers rise and are never given twice, not even after the
/// newest event was pruned.
package struct StoredEvent: Hashable, Sendable, Identifiable {
    package let id: Int64
    package let event: NewEvent

    package init(id: Int64, event: NewEvent) {
        self.id = id
        self.event = event
    }
}

/// What a deployment's events amount to, up to one of them.
package struct StoredFold: Hashable, Sendable {
    package let deployment: String
    /// The last event that is in it.
    package let through: Int64
    /// JSON. The store does not look into it.
    package let body: String

    package init(deployment: String, through: Int64, body: String) {
        self.deployment = deployment
        self.through = through
        self.body = body
    }
}

/// Adds events, in their order, to what the events before them amounted to; nothing came before the first.
package typealias StoreFold = @Sendable (_ body: String?, _ events: [StoredEvent]) throws -> String
