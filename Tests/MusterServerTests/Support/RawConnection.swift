import Glibc
import MusterTesting
import NIOCore
import Testing

/// A client that does what no HTTP library would: stops in the middle, reads nothing, reads byte by byte.
final class RawConnection: Sendable {
    struct Failed: Error { let errno: Int32 }

    let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw Failed(errno: errno) }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { Glibc.close(descriptor) }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Failed(errno: errno)
        }
    }

    /// What there is, without waiting; nothing at the connection's end.
    func available() throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        if count == 0 || count < 0 && errno == ECONNRESET { return nil }
        if count < 0 {
            guard errno == EAGAIN else { throw Failed(errno: errno) }
            return []
        }
        return Array(bytes.prefix(count))
    }

    /// Reads until the text so far is as wanted; all of it to the connection's end where nothing is wanted.
    @discardableResult
    func read(
        within limit: Duration = .seconds(20),
        until isEnough: (String) -> Bool = { _ in false },
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        var bytes: [UInt8] = []
        try await eventually(within: limit, sourceLocation: sourceLocation) {
            guard let more = try available() else { return true }
            bytes += more
            return !more.isEmpty && isEnough(String(decoding: bytes, as: UTF8.self))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func request(_ path: String, _ headers: String...) -> String {
        (["GET \(path) HTTP/1.1", "Host: x"] + headers).joined(separator: "\r\n") + "\r\n\r\n"
    }
}

/// Leaves a socket behind as a killed daemon does: the file is there, and nobody listens.
func leaveSocket(_ path: String) async throws {
    let script = "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])"
    let result = try await LocalCommand(["python3", "-c", script, path]).run()
    #expect(result.status == 0, "\(result.errorText)")
}
