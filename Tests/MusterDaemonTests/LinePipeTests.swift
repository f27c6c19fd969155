import Testing

@testable import MusterDaemon

@Suite("LinePipe")
struct LinePipeTests {
    private static let count = 120_000

    @Test("a taker that is slower than the source gets every line, in order")
    func slow() async throws {
        let taken = Taken()
        try await LinePipe.run { pipe in
            for number in 0..<Self.count { await pipe.send("\(number)") }
        } write: { lines in
            await taken.take(lines)
        }
        #expect(await taken.lines == (0..<Self.count).map { "\($0)" })
    }

    @Test("a source that cannot wait is told of in the number of lines left out")
    func hasty() async throws {
        let taken = Taken()
        try await LinePipe.run { pipe in
            for number in 0..<Self.count { pipe.put("\(number)") }
        } write: { lines in
            await taken.take(lines)
        }
        let lines = await taken.lines
        let notes = lines.filter { $0.hasPrefix("muster: ") }
        let left = notes.compactMap { Int($0.split(separator: " ")[1]) }.reduce(0, +)
        #expect(lines.count - notes.count + left == Self.count)
    }

    @Test("a taker that fails ends a source that waits for room")
    func gone() async throws {
        struct Gone: Error {}
        await #expect(throws: Gone.self) {
            try await LinePipe.run { pipe in
                while !Task.isCancelled { await pipe.send("x") }
            } write: { _ in
                throw Gone()
            }
        }
    }

    private actor Taken {
        var lines: [String] = []

        func take(_ more: [String]) { lines += more }
    }
}
