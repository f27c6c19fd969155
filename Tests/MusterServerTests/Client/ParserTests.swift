import MusterTesting
import Testing

@testable import MusterClient

@Suite("Lines and messages of a stream")
struct ParserTests {
    private static let text = "a\n\r\nb\u{e9}\u{1F680}\r\n\nlong \(String(repeating: "x", count: 50))\nrest"

    @Test("lines are the same however the bytes are cut", arguments: 0..<20)
    func lines(seed: Int) {
        let long = "long " + String(repeating: "x", count: 50)
        #expect(Self.split(seed: seed) == ["a", "", "b\u{e9}\u{1F680}", "", long, "rest"])
    }

    private static func split(seed: Int) -> [String] {
        var random = SeededRandom(seed: UInt64(seed))
        var splitter = LineSplitter()
        var lines: [String] = []
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = min(bytes.count, .random(in: 1...9, using: &random))
            splitter.feed(bytes.prefix(count))
            bytes = bytes.dropFirst(count)
            while let line = splitter.next() { lines.append(line) }
        }
        if let rest = splitter.rest() { lines.append(rest) }
        return lines
    }

    @Test("messages have their fields, and comments, unknown fields and empty messages are passed over")
    func messages() {
        let text = """
            : comment

            id: 1
            event: unit.started
            data: {"a":
            data:  1}
            retry: 5

            id: 2

            data
            data:x

            id:3
            data: cut off
            """
        var parser = EventStreamParser()
        let messages = text.split(separator: "\n", omittingEmptySubsequences: false).compactMap {
            parser.take(String($0))
        }
        #expect(
            messages == [
                .init(id: "1", event: "unit.started", data: "{\"a\":\n 1}"),
                .init(id: nil, event: "message", data: "\nx"),
            ]
        )
    }
}
