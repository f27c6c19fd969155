import GRDB

extension StoreError {
    /// What an error of SQLite means to the person who has to do something about it.
    ///
    /// - Parameters:
    ///   - error: What GRDB threw; its description leaves out the values of a statement.
    ///   - file: The database file, for the message.
    init(_ error: any Error, file: String) {
        switch error {
        case let error as StoreError: self = error
        case let error as DatabaseError:
            self.init(Self.code(of: error), "`\(file)`: \(error.message ?? "\(error.resultCode)")")
        default: self.init(.broken, "`\(file)`: \(error)")
        }
    }

    private static func code(of error: DatabaseError) -> Code {
        // A quota and a full disk that is met while syncing or mapping arrive as input/output errors.
        let fullInDisguise: [ResultCode] = [
            .SQLITE_IOERR_WRITE, .SQLITE_IOERR_FSYNC, .SQLITE_IOERR_DIR_FSYNC, .SQLITE_IOERR_TRUNCATE,
            .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_SHMMAP, .SQLITE_IOERR_SHMOPEN,
        ]
        if fullInDisguise.contains(error.extendedResultCode) { return .full }
        switch error.resultCode {
        case .SQLITE_FULL: return .full
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_IOERR, .SQLITE_BUSY:
            return .unreadable
        default: return .broken
        }
    }
}
