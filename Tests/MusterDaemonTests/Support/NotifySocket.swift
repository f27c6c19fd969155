import Glibc
import Synchronization

/// What systemd has at its end of `NOTIFY_SOCKET`: a datagram socket, in the file system or in the abstract namespace.
final class NotifySocket: Sendable {
    /// The value of the variable.
    let name: String
    private let descriptor: Int32
    private let taken = Mutex<[String]>([])

    /// - Parameter name: A path, or `@` and a name.
    /// - Throws: `NotThere` where there cannot be one.
    init(_ name: String) throws {
        self.name = name
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let isAbstract = name.hasPrefix("@")
        let bytes = isAbstract ? [0] + Array(name.utf8.dropFirst()) : Array(name.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = MemoryLayout<sa_family_t>.size + bytes.count
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(length)) }
        }
        guard result == 0 else { throw NotThere("no socket at \(name): \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    /// All that came so far, in order.
    var messages: [String] {
        taken.withLock { taken in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                guard count >= 0 else { return taken }
                taken.append(String(decoding: buffer[..<count], as: UTF8.self))
            }
        }
    }

    /// How many messages have a line.
    func count(_ line: String) -> Int { messages.count { $0.split(separator: "\n").contains(Substring(line)) } }

    /// Waits until so many messages have a line, and returns the last of them.
    @discardableResult
    func wait(for line: String, times: Int = 1) async throws -> String {
        try await eventually("\(line) comes for time \(times); there came \(messages)") { count(line) >= times }
        return messages.last { $0.split(separator: "\n").contains(Substring(line)) } ?? ""
    }
}
