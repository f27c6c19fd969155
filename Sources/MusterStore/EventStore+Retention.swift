import GRDB

extension EventStore {
    /// Removes old events, after adding them to their deployment's baseline.
    ///
    /// What goes is the beginning of a deployment's list: an event goes only when all before it do. Nothing goes that
    /// the deployment's state does not have yet.
    ///
    /// - Parameters:
    ///   - count: So many of each deployment stay, whatever their age.
    ///   - time: Events from this time on stay; milliseconds since 1970.
    ///   - fold: Adds events to what came before them.
    /// - Returns: How many events went.
    /// - Throws: `StoreError`; deployments that were already done stay done.
    @discardableResult
    package func prune(
        keepingNewest count: Int,
        olderThan time: Int64,
        fold: @escaping StoreFold
    ) async throws(StoreError) -> Int {
        let deployments = try await read { db in
            try String.fetchAll(db, sql: "SELECT DISTINCT deployment FROM event ORDER BY deployment")
        }
        var removed = 0
        // A transaction each: whoever wants to append in between does not wait for all of it.
        for deployment in deployments {
            removed += try await write { db in
                guard let last = try Self.lastToPrune(deployment, keepingNewest: count, olderThan: time, db) else {
                    return 0
                }
                guard let baseline = try Self.replay(deployment, through: last, fold, db) else { return 0 }
                try Self.save(baseline, in: "baseline", db)
                try db.execute(
                    sql: "DELETE FROM event WHERE deployment = ? AND id <= ?",
                    arguments: [deployment, baseline.through]
                )
                return db.changesCount
            }
        }
        return removed
    }

    /// Removes documents that nothing refers to any more.
    ///
    /// - Parameter hashes: Those that stay.
    /// - Returns: How many went.
    /// - Throws: `StoreError`.
    @discardableResult
    package func removeDocuments(except hashes: Set<String>) async throws(StoreError) -> Int {
        try await write { db in
            let all = try String.fetchAll(db, sql: "SELECT hash FROM document")
            let unused = all.filter { !hashes.contains($0) }
            for hash in unused { try db.execute(sql: "DELETE FROM document WHERE hash = ?", arguments: [hash]) }
            return unused.count
        }
    }

    private static func lastToPrune(
        _ deployment: String,
        keepingNewest count: Int,
        olderThan time: Int64,
        _ db: Database
    ) throws -> Int64? {
        try Int64.fetchOne(
            db,
            sql: """
                WITH
                    young (id) AS (SELECT min(id) FROM event WHERE deployment = :deployment AND at >= :time),
                    newest (id) AS (
                        SELECT min(id) FROM (
                            SELECT id FROM event WHERE deployment = :deployment ORDER BY id DESC LIMIT :count
                        )
                    ),
                    folded (id) AS (SELECT through FROM state WHERE deployment = :deployment)
                SELECT max(id) FROM event
                WHERE deployment = :deployment
                    AND id < ifnull((SELECT id FROM young), id + 1)
                    AND id < ifnull((SELECT id FROM newest), id + 1)
                    AND id <= ifnull((SELECT id FROM folded), id)
                """,
            arguments: ["deployment": deployment, "time": time, "count": count]
        )
    }
}
