import Testing

@testable import MusterDoctor

@Suite("Lines and cuts")
struct TextTests {
    private func lines(_ text: String) -> [Line] { LineSplitter.lines(of: Array(text.utf8)) }

    @Test("line ends, numbers, blank lines and what stands before the text")
    func splitting() {
        let found = lines("# source: somewhere\n# source: else\n$ nvidia-smi\na\r\n\n  \t b \nc")
        #expect(found.map(\.text) == ["a", "", "  \t b ", "c"] && found.map(\.number) == [4, 5, 6, 7])
        #expect(found.map(\.isBlank) == [false, true, false, false] && found[2].indent == 4 && found[2].trimmed == "b")
        #expect(lines("").isEmpty && lines("\n").map(\.text) == [""] && lines("a").map(\.text) == ["a"])
    }

    @Test("escapes go, other control bytes show, bytes that are no UTF-8 are replaced")
    func cleaning() {
        #expect(lines("\u{1B}[4mGPU0\u{1B}[0m\u{1B}[38;5;1mx\u{1B}").map(\.text) == ["GPU0x"])
        #expect(lines("a\u{7}b\u{0}c\u{7F}d").map(\.text) == ["a?b?c?d"])
        #expect(lines("\u{1B}[3\nb").map(\.text) == ["", "b"])
        #expect(LineSplitter.lines(of: [0x61, 0xff, 0x62]).map(\.text) == ["a\u{fffd}b"])
    }

    @Test("words and cells with their columns")
    func words() {
        let line = lines("\ta  bc\td ")[0]
        #expect(line.words == [Word(text: "a", column: 2), Word(text: "bc", column: 5), Word(text: "d", column: 8)])
        #expect(line.cells(between: 0x09).map(\.text) == ["", "a  bc", "d"])
        #expect(line.cells(between: 0x09).map(\.column) == [1, 2, 8])
        #expect(lines("a: b: c")[0].halves(at: 0x3a)?.value == "b: c")
    }

    @Test("cutting text")
    func cutting() {
        #expect(Cut.around(", ", in: "a, b, c")?.after == "b, c" && Cut.around("x", in: "abc") == nil)
        #expect(Cut.around("", in: "a") == nil && Cut.after("c", in: "abc") == "")
        #expect(Cut.split(",a,", 0x2c) == ["", "a", ""] && Cut.split("", 0x2c) == [""])
        #expect(Cut.words("  a \t b ") == ["a", "b"] && Cut.trim(" \t ") == "")
        #expect(
            Cut.unwrap("CA 'x'", "CA '", "'") == "x" && Cut.unwrap("''", "'", "'") == ""
                && Cut.unwrap("'", "'", "'") == nil
        )
    }

    @Test("numbers that are none")
    func digits() {
        #expect(
            Digits.count("007") == 7 && Digits.count("-1") == nil && Digits.count("+1") == nil
                && Digits.count("") == nil
        )
        #expect(Digits.count("99999999999999999999") == nil && Digits.hexadecimal("-1") == nil)
        #expect(Digits.decimal("26.562") == 26.562 && Digits.decimal("nan") == nil && Digits.decimal("1e9") == nil)
        #expect(
            Digits.decimal("1.2.3") == nil && Digits.hexadecimal("0x1F") == 31
                && Digits.hexadecimal(255, width: 4) == "00ff"
        )
    }

    @Test("remarks and quotes do not grow with the text")
    func bounds() {
        var text = Transcript([], source: "")
        for line in 0..<1000 { text.remark(line, "odd") }
        #expect(text.remarks.count == 21 && text.remarks.last?.message == "and 980 more")
        #expect(Damage.quote(String(repeating: "x", count: 1000)).utf8.count == 85)
        #expect(Damage.quote("a\u{1B}[2Jb\tc") == "`a [2Jb c`")
    }

    @Test("more bytes than any output has are refused unread")
    func tooLarge() {
        let bytes = [UInt8](repeating: 0x61, count: Transcript.largest + 1)
        #expect(KernelLog.read(bytes).damage?.reason == .tooLarge)
    }
}
