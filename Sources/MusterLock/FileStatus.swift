import Glibc

/// Whose a file is and who else may use it. A link is not followed.
package struct FileStatus: Hashable, Sendable {
    package enum Kind: Hashable, Sendable { case directory, socket, other }

    package let kind: Kind
    package let owner: UInt32
    /// Read, write and search for owner, group and others.
    package let mode: UInt32

    /// Nothing where there is no such file, or where it cannot be looked at; `errno` has the reason then.
    ///
    /// - Parameter path: The file.
    package init?(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFDIR: .directory
            case S_IFSOCK: .socket
            default: .other
            }
        owner = status.st_uid
        mode = status.st_mode & 0o777
    }
}
