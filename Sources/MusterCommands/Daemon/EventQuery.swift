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
    func last(_ client: DaemonClient, _ print: (EventRecord) -> Void) async throws(ClientError) -> Int64 {
        count == 0 && earliest == nil ? try await all(client, print) : try await newest(client, print)
    }

    /// From the first event on, printed as they come.
    private func all(_ client: DaemonClient, _ print: (EventRecord) -> Void) async throws(ClientError) -> Int64 {
        var cursor: Int64 = 0
        while true {
            let page = try await client.events(after: cursor, of: name, limit: Self.pageSize)
            cursor = page.next
            for record in page.events where takes(record) { print(record) }
            guard page.events.count == Self.pageSize else { return cursor }
        }
    }

    /// From the last event back, until there are enough of them.
    private func newest(_ client: DaemonClient, _ print: (EventRecord) -> Void) async throws(ClientError) -> Int64 {
        var cursor: Int64?
        var pages: [[EventRecord]] = []
        var before = Int64.max
        while true {
            let page = try await client.events(before: before, of: name, limit: Self.pageSize)
            cursor = cursor ?? page.next
            pages.append(page.events.filter(takes))
            let isEnough = count > 0 && pages.lazy.map(\.count).reduce(0, +) >= count
            guard !isEnough, page.events.count == Self.pageSize, let first = page.events.first,
                earliest.map({ first.at >= $0 }) ?? true
            else { break }
            before = first.id
        }
        let records = pages.reversed().joined()
        for record in count == 0 ? Array(records) : records.suffix(count) { print(record) }
        return cursor ?? 0
    }
}
