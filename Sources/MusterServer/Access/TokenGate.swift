import Glibc
import Hummingbird
import MusterAPI
import MusterLock
import NIOCore

/// The token that everyone has to show who comes over TCP.
struct TokenGate: Sendable {
    private static let shortest = 16

    private let token: [UInt8]

    /// - Parameter file: The token's file.
    /// - Throws: Why the token cannot be used.
    init(file: String) throws(ServerError) {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ServerError(.unusable, "token file `\(file)`: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        guard let status = FileStatus(file), status.mode & 0o007 == 0 else {
            throw ServerError(.unsafe, "token file `\(file)` can be read by everyone", hint: "chmod 600 \(file)")
        }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        var text = bytes.prefix(max(0, count))
        while let last = text.last, last == 0x0a || last == 0x0d { text.removeLast() }
        token = Array(text)
        guard token.count >= Self.shortest, token.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw ServerError(
                .unusable,
                "the token in `\(file)` must be one line of at least \(Self.shortest) visible characters",
                hint: "openssl rand -hex 32 > \(file)"
            )
        }
    }

    func requester(_ request: Request, at channel: any Channel) throws -> Requester {
        let shown = request.headers[.authorization] ?? ""
        guard isToken(shown) else {
            throw Problem(
                .unauthorized,
                shown.isEmpty ? "the request has no token" : "the token is another one",
                hint: "send `Authorization: Bearer TOKEN`"
            )
        }
        return Requester(name: channel.remoteAddress?.ipAddress ?? "tcp", transport: .tcp)
    }

    /// Looks at every byte whatever the ones before it were, so that the time tells nothing about them.
    private func isToken(_ header: String) -> Bool {
        let prefix = "bearer "
        guard header.lowercased().hasPrefix(prefix) else { return false }
        let shown = Array(header.utf8.dropFirst(prefix.utf8.count))
        var difference: UInt8 = shown.count == token.count ? 0 : 1
        for (index, byte) in token.enumerated() { difference |= byte ^ (index < shown.count ? shown[index] : 0) }
        return difference == 0
    }
}
