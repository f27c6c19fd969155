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
