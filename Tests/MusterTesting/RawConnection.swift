import Glibc

/// A client that does what no HTTP library would: stops in the middle, reads nothing, reads byte by byte.
package final class RawConnection: Sendable {
    package struct Failed: Error {
        package let errno: Int32

        package init(errno: Int32) { self.errno = errno }
    }

    package let descriptor: Int32

    /// - Parameter path: The Unix socket to connect to.
    /// - Throws: `Failed` when nobody listens there.
    package init(_ path: String) throws {
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

    package func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Failed(errno: errno)
        }
    }

    /// What there is, without waiting; nothing at the connection's end.
    package func available() throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        if count == 0 || count < 0 && errno == ECONNRESET { return nil }
        if count < 0 {
            guard errno == EAGAIN else { throw Failed(errno: errno) }
            return []
        }
        return Array(bytes.prefix(count))
    }

    package static func request(_ path: String, _ headers: String...) -> String {
        (["GET \(path) HTTP/1.1", "Host: x"] + headers).joined(separator: "\r\n") + "\r\n\r\n"
    }
}
