import Glibc
import MusterAPI
import NIOCore

/// Who is at the other end of a Unix socket, as the kernel says: only the daemon's own user and root may ask.
struct PeerGate: Sendable {
    /// What `SO_PEERCRED` gives; the C type is not visible to Swift.
    private struct Credentials {
        var process: pid_t
        var user: uid_t
        var group: gid_t
    }

    /// The names of those who may, by number; looked up once, as a directory service may be slow.
    private let names: [uid_t: String]

    init() { names = Dictionary([geteuid(), 0].map { ($0, Self.name(of: $0)) }) { first, _ in first } }

    func requester(at channel: any Channel) async throws -> Requester {
        guard let socket = channel as? any SocketOptionProvider else {
            throw Problem(.forbidden, "the connection is no socket")
        }
        let peer: Credentials = try await socket.unsafeGetSocketOption(
            level: .socket,
            name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        ).get()
        guard let name = names[peer.user] else {
            throw Problem(
                .forbidden,
                "user \(peer.user) may not ask this daemon, which belongs to user \(geteuid())",
                hint: "run the command as that user"
            )
        }
        return Requester(name: name, uid: peer.user, transport: .socket)
    }

    private static func name(of user: uid_t) -> String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        guard getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return "uid \(user)" }
        return String(cString: entry.pw_name)
    }
}
