import MusterTesting
import Testing

@testable import MusterRuntime

@Suite("Files of this machine")
struct LocalFilesTests {
    @Test(
        "a file is read up to a limit, and one that is longer shows that it is",
        arguments: [99_999, 100_000, 300_000]
    )
    func limit(size: Int) async throws {
        try await withScratch { scratch in
            let path = try scratch.write(String(repeating: "x", count: size), to: "file")
            let machine = LocalMachine(user: "ada", home: "/", hostName: "desk", pid: 1, environment: [:])
            let read = try LocalFiles.read(path, machine, limit: 100_000).get().count
            #expect(size <= 100_000 ? read == size : read > 100_000 && read < size)
        }
    }
}
