import FoundationEssentials
import GRDB

extension EventStore {
    /// Records events and what they amount to in one transaction, on disk when this returns.
    ///
    /// - Parameters:
    ///   - events: What happened, in order.
    ///   - state: For each deployment whose fold changed, its new body: the fold through the newest event of that
    ///     deployment.
    /// - Returns: The events with their numbers.
    /// - Throws: `full` when there is no space; nothing of the batch is recorded then.
    @discardableResult
    package func append(
        _ events: [NewEvent],
        state: [String: String] = [:]
    ) async throws(StoreError) -> [StoredEvent] {
        let stored = try await write { db in
            let insert = try db.cachedStatement(
                sql: "INSERT INTO event (at, deployment, kind, actor, payload) VALUES (?, ?, ?, ?, ?)"
            )
            let stored = try events.map { event in
                try insert.execute(
                    arguments: [event.at, event.deployment, event.kind, event.actor, event.payload]
                )
                return StoredEvent(id: db.lastInsertedRowID, event: event)
            }
            let newest = Dictionary(stored.map { ($0.event.deployment, $0.id) }) { _, later in later }
            for (deployment, body) in state.sorted(by: { $0.key < $1.key }) {
                let through = try newest[deployment] ?? Self.newestID(of: deployment, db)
                try Self.save(StoredFold(deployment: deployment, through: through, body: body), in: "state", db)
            }
            return stored
        }
        if let newest = stored.last { latch.advance(to: newest.id) }
        return stored
    }

    /// Removes all that is known of a deployment. Documents stay: others may be made from the same file.
    ///
    /// - Parameter deployment: Its name.
    /// - Throws: `StoreError`.
    package func forget(_ deployment: String) async throws(StoreError) {
        try await write { db in
            for table in ["event", "state", "baseline"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE deployment = ?", arguments: [deployment])
            }
        }
    }

    /// Keeps a document under its hash; the same one a second time changes nothing.
    ///
    /// - Parameters:
    ///   - document: Its bytes.
    ///   - hash: What it is found by.
    /// - Throws: `StoreError`.
    package func put(_ document: [UInt8], hash: String) async throws(StoreError) {
        try await write { db in
            try db.execute(
                sql: "INSERT INTO document (hash, body) VALUES (?, ?) ON CONFLICT DO NOTHING",
                arguments: [hash, Data(document)]
            )
        }
    }

    /// The newest event of a deployment, also when it has been pruned into the baseline; 0 when there was none.
    private static func newestID(of deployment: String, _ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT max(id) FROM (
                    SELECT max(id) AS id FROM event WHERE deployment = :deployment
                    UNION ALL SELECT through FROM baseline WHERE deployment = :deployment
                )
                """,
            arguments: ["deployment": deployment]
        ) ?? 0
    }

    static func save(_ fold: StoredFold, in table: String, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO \(table) (deployment, through, body) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET through = excluded.through, body = excluded.body
                """,
            arguments: [fold.deployment, fold.through, fold.body]
        )
    }
}
