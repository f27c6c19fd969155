/// One event, in the words and in the data of the daemon.
package struct EventRecord: Codable, Hashable, Sendable, Identifiable {
    /// Its place in the order of all events; numbers rise, with gaps.
    package var id: Int64
    package var at: Timestamp
    /// Empty for what concerns the daemon itself.
    package var deployment: String
    package var kind: String
    /// Who or what made it happen.
    package var actor: String
    /// For people.
    package var text: String
    /// For programs.
    package var data: RawJSON

    package init(
        id: Int64,
        at: Timestamp,
        deployment: String,
        kind: String,
        actor: String,
        text: String,
        data: RawJSON
    ) {
        self.id = id
        self.at = at
        self.deployment = deployment
        self.kind = kind
        self.actor = actor
        self.text = text
        self.data = data
    }
}

/// Some events, oldest first, and where to go on.
package struct EventPage: Codable, Hashable, Sendable {
    package var events: [EventRecord]
    /// What to ask for as `after` next time.
    package var next: Int64

    package init(_ events: [EventRecord], after: Int64) {
        self.events = events
        next = events.last?.id ?? after
    }
}
