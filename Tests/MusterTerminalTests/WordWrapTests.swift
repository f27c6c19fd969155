import MusterTerminal
import Testing

@Suite("Wrapping words")
struct WordWrapTests {
    @Test("lines break at blanks and hang below the first")
    func breaks() {
        #expect(
            WordWrap.lines("  change    load the driver with modprobe", width: 24, hanging: 12) == [
                "  change    load the", "            driver with", "            modprobe",
            ]
        )
    }

    @Test("what fits stays as it is")
    func fits() {
        #expect(WordWrap.lines("  a   b", width: 7, hanging: 4) == ["  a   b"])
    }

    @Test("a word that is wider stays whole")
    func wide() {
        #expect(
            WordWrap.lines("see /a/very/long/path now", width: 10, hanging: 2) == [
                "see", "  /a/very/long/path", "  now",
            ]
        )
    }
}
