import Glibc
import MusterLock

/// The right to serve on a Unix socket, for as long as this exists.
///
/// The HTTP server removes whatever lies at the socket's path before it binds, and would so take a living daemon's
/// socket away. Therefore the lock beside it is taken first, and a socket that answers is left alone even when its lock
/// is not held.
final class SocketClaim: Sendable {
    /// What fits into a socket's address.
    private static let longestPath = 103

    let path: String
    private let lock: FileLock

    /// - Parameter path: The socket.
    /// - Throws: Why it cannot be served, with what to change.
    init(_ path: String) throws(ServerError) {
        self.path = path
        guard path.utf8.count <= Self.longestPath else {
            throw ServerError(
                .unusable,
                "the socket's path is \(path.utf8.count) bytes long, and \(Self.longestPath) is the most: `\(path)`",
                hint: "choose a shorter directory"
            )
        }
        let directory = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
        try Self.secure(directory.isEmpty ? "/" : directory)
        do throws(FileLock.Refusal) {
            lock = try FileLock(path + ".lock")
        } catch {
            guard case .held = error else { throw ServerError(.unusable, "\(error)") }
            throw ServerError(.inUse, "another daemon serves `\(path)`: \(error)")
        }
        guard !Self.answers(path) else {
            throw ServerError(.inUse, "another daemon serves `\(path)`, although it holds no lock")
        }
        if let status = FileStatus(path), status.kind != .socket {
            throw ServerError(.unusable, "`\(path)` is a file and no socket", hint: "choose another path")
        }
    }

    /// Takes the socket away, so that a client is told that nobody serves. To be called before the claim ends.
    func removeSocket() { unlink(path) }

    /// Only the daemon's user can reach what lies in the directory: its mode is what keeps others from the socket.
    private static func secure(_ directory: String) throws(ServerError) {
        if mkdir(directory, 0o700) != 0, errno != EEXIST {
            throw ServerError(.unusable, "directory `\(directory)`: \(String(cString: strerror(errno)))")
        }
        guard let status = FileStatus(directory) else {
            throw ServerError(.unusable, "directory `\(directory)`: \(String(cString: strerror(errno)))")
        }
        guard status.kind == .directory else {
            throw ServerError(.unsafe, "`\(directory)` is no directory", hint: "choose another one for the socket")
        }
        guard status.owner == geteuid() else {
            throw ServerError(
                .unsafe,
                "directory `\(directory)` belongs to user \(status.owner), and the daemon is user \(geteuid())",
                hint: "choose another one for the socket"
            )
        }
        guard status.mode & 0o077 == 0 else {
            throw ServerError(
                .unsafe,
                "directory `\(directory)` is open to others: its mode is \(String(status.mode, radix: 8))",
                hint: "chmod 700 \(directory)"
            )
        }
    }

    /// Whether somebody listens there. A full queue is an answer, too.
    private static func answers(_ path: String) -> Bool {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return result == 0 || errno == EAGAIN
    }
}
