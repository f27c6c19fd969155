import GRDB

/// The tables, as the steps that make them. A step that was released is never changed: the next one is added below it.
enum StoreSchema {
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE event (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        at INTEGER NOT NULL,
                        deployment TEXT NOT NULL,
                        kind TEXT NOT NULL,
                        actor TEXT NOT NULL,
                        payload TEXT NOT NULL
                    ) STRICT;
                    CREATE INDEX event_by_deployment ON event (deployment, id);
                    CREATE TABLE state (
                        deployment TEXT PRIMARY KEY NOT NULL,
                        through INTEGER NOT NULL,
                        body TEXT NOT NULL
                    ) STRICT;
                    CREATE TABLE baseline (
                        deployment TEXT PRIMARY KEY NOT NULL,
                        through INTEGER NOT NULL,
                        body TEXT NOT NULL
                    ) STRICT;
                    CREATE TABLE document (
                        hash TEXT PRIMARY KEY NOT NULL,
                        body BLOB NOT NULL
                    ) STRICT;
                    """
            )
        }
        return migrator
    }()

    /// Brings an older file up to date, and refuses a newer one before anything is changed in it.
    ///
    /// - Parameters:
    ///   - database: The database, just opened.
    ///   - file: Its path, for the message.
    /// - Throws: `StoreError`, or what SQLite says.
    static func prepare(_ database: some DatabaseWriter, file: String) throws {
        let (isNewer, applied) = try database.read { db in
            (try migrator.hasBeenSuperseded(db), try migrator.appliedIdentifiers(db))
        }
        guard !isNewer else {
            let theirs = applied.compactMap(Int.init).max().map(String.init) ?? "unknown"
            let ours = migrator.migrations.last ?? "none"
            throw StoreError(
                .newerSchema,
                "`\(file)` was written by a later release: its schema is \(theirs), this release knows up to \(ours)"
            )
        }
        try migrator.migrate(database)
    }
}
