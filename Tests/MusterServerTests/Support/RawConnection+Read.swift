import MusterTesting
import Testing

extension RawConnection {
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
}

/// Leaves a socket behind as a killed daemon does: the file is there, and nobody listens.
func leaveSocket(_ path: String) async throws {
    let script = "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])"
    let result = try await LocalCommand(["python3", "-c", script, path]).run()
    #expect(result.status == 0, "\(result.errorText)")
}
