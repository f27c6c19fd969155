import GRDB
import Glibc
import MusterLock

/// All that is remembered between two runs of the daemon: an append-only list of events, and what it amounts to.
///
/// One process at a time has the file open; a lock beside it sees to that. Nothing here is undone by cancelling the
/// task that asked: an outcome must be recorded also when the daemon is about to stop.
package final class EventStore: Sendable {
    let database: any DatabaseWriter
    /// The database file, or `memory`.
    package let file: String
    let latch: EventLatch
    private let lock: FileLock?

    /// Opens the store, making it where there is none.
    ///
    /// - Parameter file: The database file; `-wal`, `-shm` and `.lock` files come to lie beside it, all for the
    ///   daemon's user alone.
    /// - Throws: `inUse`, `newerSchema`, `broken`, `unreadable` or `full`.
    package init(file: String) throws(StoreError) {
        self.file = file
        do throws(FileLock.Refusal) {
            lock = try FileLock(file + ".lock")
        } catch {
            guard case .held = error else { throw StoreError(.unreadable, "\(error)") }
            throw StoreError(.inUse, "`\(file)` is another daemon's: \(error)")
        }
        do {
            try Self.restrict(file)
            var configuration = Configuration()
            // Another process can only be a person who looks inside; they are never long.
            configuration.busyMode = .timeout(5)
            let pool = try DatabasePool(path: file, configuration: configuration)
            // The pool asks for less in WAL mode, with which a power cut may take back an intent whose effect is done.
            try pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
            try StoreSchema.prepare(pool, file: file)
            latch = EventLatch(newest: try pool.read(Self.newestID))
            database = pool
        } catch {
            throw StoreError(error, file: file)
        }
    }

    /// A store that is gone with the process, for tests.
    package init(inMemory: Void) throws(StoreError) {
        file = "memory"
        lock = nil
        do {
            let queue = try DatabaseQueue()
            try StoreSchema.prepare(queue, file: file)
            latch = EventLatch(newest: 0)
            database = queue
        } catch {
            throw StoreError(error, file: "memory")
        }
    }

    /// Makes the file before SQLite does, which would let others read it; its companions get the file's mode.
    ///
    /// A file that is there is not opened: closing it would drop the locks that SQLite has on it in this process.
    private static func restrict(_ file: String) throws(StoreError) {
        let descriptor = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST || chmod(file, 0o600) != 0 {
            let reason = errno
            throw StoreError(
                reason == ENOSPC || reason == EDQUOT ? .full : .unreadable,
                "`\(file)`: \(String(cString: strerror(reason)))"
            )
        }
    }
}

extension EventStore {
    /// One transaction, which happens as a whole or not at all.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            // Not GRDB's own async form: that one gives up when the task is cancelled.
            database.asyncWriteWithoutTransaction { [file] db in
                let result = Result {
                    var value: Value?
                    try db.inTransaction(.immediate) {
                        value = try body(db)
                        return .commit
                    }
                    guard let value else { throw StoreError(.broken, "`\(file)`: the transaction did not run") }
                    return value
                }
                continuation.resume(returning: result.mapError { StoreError($0, file: file) })
            }
        }
        return try result.get()
    }

    /// One consistent look at the database.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            database.asyncRead { [file] db in
                let result = Result { try body(db.get()) }
                continuation.resume(returning: result.mapError { StoreError($0, file: file) })
            }
        }
        return try result.get()
    }
}
