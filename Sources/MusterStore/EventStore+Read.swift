import FoundationEssentials
import GRDB

extension EventStore {
    /// A page of events, oldest first.
    ///
    /// - Parameters:
    ///   - id: The last event already known; 0 from the beginning.
    ///   - deployment: Only this one's; all where nothing is given.
    ///   - limit: At most so many.
    /// - Returns: The events that follow `id`.
    /// - Throws: `StoreError`.
    package func events(
        after id: Int64,
        deployment: String? = nil,
        limit: Int
    ) async throws(StoreError) -> [StoredEvent] {
        try await read { db in try Self.events(after: id, deployment: deployment, limit: limit, db) }
    }

    /// The last events there are, oldest first.
    ///
    /// - Parameters:
    ///   - id: Only of those before this one.
    ///   - deployment: Only this one's; of all where nothing is given.
    ///   - count: So many, or as many as there are.
    /// - Returns: The events.
    /// - Throws: `StoreError`.
    package func newest(
        before id: Int64 = .max,
        deployment: String? = nil,
        count: Int
    ) async throws(StoreError) -> [StoredEvent] {
        try await read { db in
            let filter = deployment == nil ? "" : "AND deployment = :deployment"
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT * FROM event WHERE id < :id \(filter) ORDER BY id DESC LIMIT :limit",
                arguments: ["id": id, "deployment": deployment, "limit": count]
            )
            return rows.reversed().map(StoredEvent.init)
        }
    }

    /// Waits for an event.
    ///
    /// - Parameter id: The last event already known.
    /// - Returns: The newest event's id: greater than the given one, unless the task was cancelled. All events up to
    ///   it can be read.
    package func newestEvent(after id: Int64) async -> Int64 { await latch.newest(after: id) }

    /// What every deployment's events amount to, by name.
    ///
    /// - Returns: One fold for each deployment that has one.
    /// - Throws: `StoreError`.
    package func states() async throws(StoreError) -> [StoredFold] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM state ORDER BY deployment").map(StoredFold.init)
        }
    }

    /// What the pruned events of a deployment amounted to.
    ///
    /// - Parameter deployment: Its name.
    /// - Returns: The fold that its remaining events are added to, or nothing when none was ever pruned.
    /// - Throws: `StoreError`.
    package func baseline(of deployment: String) async throws(StoreError) -> StoredFold? {
        try await read { db in try Self.baseline(of: deployment, db) }
    }

    /// Folds all events of a deployment anew, from the baseline on. The result is what ``states()`` has.
    ///
    /// - Parameters:
    ///   - deployment: Its name.
    ///   - fold: Adds events to what came before them.
    /// - Returns: The fold, or nothing when nothing is known of the deployment.
    /// - Throws: `StoreError`.
    package func replay(_ deployment: String, fold: @escaping StoreFold) async throws(StoreError) -> StoredFold? {
        try await read { db in try Self.replay(deployment, through: .max, fold, db) }
    }

    /// The bytes kept under a hash.
    ///
    /// - Parameter hash: What they were put under.
    /// - Returns: The document, or nothing.
    /// - Throws: `StoreError`.
    package func document(_ hash: String) async throws(StoreError) -> [UInt8]? {
        try await read { db in
            let body = try Data.fetchOne(db, sql: "SELECT body FROM document WHERE hash = ?", arguments: [hash])
            return body.map { [UInt8]($0) }
        }
    }
}

extension EventStore {
    /// So many events are held in memory while folding.
    private static let pageSize = 1000

    static func events(after id: Int64, deployment: String?, limit: Int, _ db: Database) throws -> [StoredEvent] {
        let filter = deployment == nil ? "" : "AND deployment = :deployment"
        return try Row.fetchAll(
            db,
            sql: "SELECT * FROM event WHERE id > :id \(filter) ORDER BY id LIMIT :limit",
            arguments: ["id": id, "deployment": deployment, "limit": limit]
        ).map(StoredEvent.init)
    }

    /// The newest event ever recorded, also when it is gone.
    static func newestID(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'event'") ?? 0
    }

    static func baseline(of deployment: String, _ db: Database) throws -> StoredFold? {
        try Row.fetchOne(db, sql: "SELECT * FROM baseline WHERE deployment = ?", arguments: [deployment])
            .map(StoredFold.init)
    }

    static func replay(
        _ deployment: String,
        through last: Int64,
        _ fold: StoreFold,
        _ db: Database
    ) throws -> StoredFold? {
        var result = try baseline(of: deployment, db)
        while true {
            let after = result?.through ?? 0
            let page = try events(after: after, deployment: deployment, limit: pageSize, db).filter { $0.id <= last }
            guard let newest = page.last else { return result }
            let body = try fold(result?.body, page)
            result = StoredFold(deployment: deployment, through: newest.id, body: body)
        }
    }
}

extension StoredEvent {
    init(_ row: Row) {
        self.init(
            id: row["id"],
            event: NewEvent(
                at: row["at"],
                deployment: row["deployment"],
                kind: row["kind"],
                actor: row["actor"],
                payload: row["payload"]
            )
        )
    }
}

extension StoredFold {
    init(_ row: Row) { self.init(deployment: row["deployment"], through: row["through"], body: row["body"]) }
}
