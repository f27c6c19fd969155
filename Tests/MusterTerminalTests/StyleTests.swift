import MusterTerminal
import Testing

@Suite("Style")
struct StyleTests {
    @Test(
        "colours a terminal, unless somebody asked not to",
        arguments: [
            (true, [:], true), (false, [:], false), (true, ["TERM": "xterm"], true), (true, ["TERM": "dumb"], false),
            (true, ["NO_COLOR": "1"], false), (true, ["NO_COLOR": ""], true), (true, ["NO_COLOR": "0"], false),
            (false, ["TERM": "xterm"], false), (true, ["TERM": "dumb", "NO_COLOR": "1"], false),
        ] as [(Bool, [String: String], Bool)]
    )
    func suitable(_ isTerminal: Bool, _ environment: [String: String], _ isColoured: Bool) {
        let style = Style.suitable(isTerminal: isTerminal, environment: environment)
        #expect((style.bad("x") != "x") == isColoured)
    }

    @Test("paints and resets")
    func paints() {
        let style = Style(isColoured: true)
        let painted = [style.strong("x"), style.bad("x"), style.doubtful("x"), style.good("x"), style.faint("x")]
        #expect(painted == ["1", "1;31", "33", "32", "2"].map { "\u{1B}[\($0)mx\u{1B}[0m" })
        #expect(style.bad("").isEmpty)
    }

    @Test("leaves text alone without colour")
    func plain() {
        let style = Style.plain
        let texts = [style.strong("x"), style.bad("x"), style.doubtful("x"), style.good("x"), style.faint("x")]
        #expect(texts.allSatisfy { $0 == "x" })
    }
}

@Suite("ElapsedText")
struct ElapsedTextTests {
    @Test(
        "writes durations as people read them",
        arguments: [
            (0, "0.00s"), (4, "0.00s"), (420, "0.42s"), (1_005, "1.00s"), (9_999, "9.99s"), (10_000, "10.0s"),
            (12_345, "12.3s"),
            (59_999, "59.9s"), (60_000, "1m 00s"), (185_999, "3m 05s"), (3_599_999, "59m 59s"), (3_600_000, "1h 00m"),
            (3_725_000, "1h 02m"), (360_000_000, "100h 00m"),
        ]
    )
    func text(_ milliseconds: Int, _ text: String) { #expect(ElapsedText.text(.milliseconds(milliseconds)) == text) }
}
