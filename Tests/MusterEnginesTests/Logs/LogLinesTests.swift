import MusterEngines
import Testing

@Suite("Cutting a log into lines")
struct LogLinesTests {
    private func lines(_ pieces: String...) -> [String] {
        var cutter = LogLines()
        let fed = pieces.flatMap { cutter.feed(Array($0.utf8)) }
        return fed + [cutter.finish()].compactMap { $0 }
    }

    @Test(
        "LF, CR and CRLF end a line, empty ones are dropped",
        arguments: [
            ("a\nb\n", ["a", "b"]), ("a\rb\r", ["a", "b"]), ("a\r\nb", ["a", "b"]), ("\n\n\r\n", []), ("a", ["a"]),
            ("", []), (" \n", [" "]),
        ]
    )
    func ends(text: String, expected: [String]) {
        #expect(lines(text) == expected)
    }

    @Test("a line may come in any number of pieces, even within a character")
    func pieces() {
        let bytes = Array("aé漢b\nnext\r99%\n".utf8)
        for size in 1...bytes.count {
            var cutter = LogLines()
            let chunks = stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<min($0 + size, bytes.count)] }
            #expect(chunks.flatMap { cutter.feed(Array($0)) } == ["aé漢b", "next", "99%"])
            #expect(cutter.finish() == nil)
        }
    }

    @Test(
        "colours are removed, whole or broken",
        arguments: [
            ("\u{1b}[1;36m(Worker_TP0 pid=1)\u{1b}[0;0m INFO x\n", "(Worker_TP0 pid=1) INFO x"),
            ("\u{1b}[0ma\u{1b}[K\n", "a"), ("a\u{1b}\n", "a"),
            ("a\u{1b}[\n", "a"), ("a\u{1b}[31\n", "a"), ("\u{1b}[m\u{1b}[4mb\n", "b"),
        ]
    )
    func colours(text: String, expected: String) {
        #expect(lines(text) == [expected])
    }

    @Test("a line that is too long is cut, and the next one is whole")
    func long() {
        let found = lines(String(repeating: "x", count: 3 * LogLines.longest) + "\nnext\n")
        #expect(found.map(\.count) == [LogLines.longest, 4])
        #expect(found.last == "next")
    }

    @Test("bytes that are no UTF-8 do not end the reading")
    func invalid() {
        var cutter = LogLines()
        #expect(cutter.feed([0xff, 0x61, 0x0a, 0x62, 0x0a]).count == 2)
    }

    @Test("what is left is told once")
    func finish() {
        var cutter = LogLines()
        #expect(cutter.feed(Array("rest".utf8)) == [])
        #expect(cutter.finish() == "rest")
        #expect(cutter.finish() == nil)
    }
}
