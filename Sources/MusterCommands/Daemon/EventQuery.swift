import MusterAPI
import MusterClient

/// Which events are wanted.
struct EventQuery: Sendable {
    /// The deployment; all of them where there is none.
    let name: String?
    /// All kinds where there is none.
    let kinds: Set<String>
    let earliest: Timestamp?
    /// So many of the last ones; 0 for all.
    let count: Int

    private static let pageSize = 1000

    func takes(_ record: EventRecord) -> Bool {
        (kinds.isEmpty || kinds.contains(record.kind)) && earliest.map { record.at >= $0 } ?? true
    }

    /// Reads what has happened so far.
    ///
    /// - Parameters:
    ///   - client: The daemon.
    ///   - print: Gets the events, oldest first.
    /// - Returns: Where to go on.
    /// - Throws: `ClientError`.
    func last(_ client: DaemonClient, _ print: (EventRecord) -> Void) async throws -> Int64 {
        var cursor: Int64 = 0
        var kept: [EventRecord] = []
        while true {
            let page = try await client.events(after: cursor, of: name, limit: Self.pageSize)
            cursor = page.next
            for record in page.events where takes(record) {
                // All of them need no room.
                if count == 0 { print(record) } else { kept.append(record) }
            }
            // The API reads forwards only, so the last ones are known at the end.
            if count > 0, kept.count > count { kept.removeFirst(kept.count - count) }
            guard page.events.count == Self.pageSize else { break }
        }
        for record in kept { print(record) }
        return cursor
    }
}
