import Glibc
import MusterSpec

/// Tells systemd how the service is, by the protocol of `sd_notify(3)`: a datagram of `KEY=VALUE` lines to the socket
/// that `NOTIFY_SOCKET` names. Without that variable nobody listens and nothing is sent.
struct Notify: Sendable {
    private let socketPath: String?
    /// Half of what the service manager waits for a sign of life; nothing when it does not wait.
    let watchdogInterval: Duration?

    init(environment: [String: String], pid: Int) {
        socketPath = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        let isForUs = environment["WATCHDOG_PID"].flatMap { Int($0) }.map { $0 == pid } ?? true
        watchdogInterval = environment["WATCHDOG_USEC"].flatMap { Int($0) }.flatMap {
            isForUs && $0 > 0 ? .microseconds($0 / 2) : nil
        }
    }

    func ready(_ status: String) { send("READY=1\nSTATUS=\(status)") }
    func status(_ text: String) { send("STATUS=\(text)") }
    func alive() { send("WATCHDOG=1") }
    func stopping() { send("STOPPING=1\nSTATUS=stopping; what runs on nodes stays") }

    /// Reloading begins; `ready` ends it. The time tells systemd which of several reloads this is.
    func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        send("RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)")
    }

    private func send(_ text: String) {
        guard let socketPath else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(socketPath.utf8)
        // A leading `@` stands for the NUL of the abstract namespace.
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let length = socklen_t(MemoryLayout.offset(of: \sockaddr_un.sun_path).map { $0 + bytes.count } ?? 0)
        let message = Array(text.utf8)
        // A manager that does not take it finds out by its own timeout; there is nobody else to tell.
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                message.withUnsafeBytes {
                    sendto(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL), address, length)
                }
            }
        }
    }
}
