import MusterTerminal
import MusterTesting
import Testing

@Suite("LiveFrame")
struct LiveFrameTests {
    @Test("shows the lines, and the next ones in their place")
    func redraw() {
        var (frame, screen) = (LiveFrame(), Screen(rows: 8))
        screen.take("above\n")
        for lines in [["one", "two"], ["one", "other"], ["a", "b", "c", "d"], ["just one"], ["x", "y"]] {
            screen.take(frame.redraw(lines))
            #expect(screen.text == ["above"] + lines)
            #expect(screen.row == 1 + lines.count && screen.column == 0)
        }
    }

    @Test("writes nothing when nothing has changed")
    func unchanged() {
        var frame = LiveFrame()
        #expect(frame.redraw([]).isEmpty && frame.clear().isEmpty)
        #expect(!frame.redraw(["a"]).isEmpty)
        #expect(frame.redraw(["a"]).isEmpty)
    }

    @Test("rewrites only the lines that changed")
    func minimal() {
        var frame = LiveFrame()
        _ = frame.redraw(["first", "second"])
        let text = frame.redraw(["first", "changed"])
        #expect(!text.contains("first") && text.contains("changed"))
    }

    @Test("shrinks to nothing and grows again")
    func empty() {
        var (frame, screen) = (LiveFrame(), Screen(rows: 8))
        screen.take("above\n")
        screen.take(frame.redraw(["a", "b"]))
        screen.take(frame.redraw([]))
        #expect(screen.text == ["above"] && screen.row == 1)
        screen.take(frame.redraw(["c"]))
        #expect(screen.text == ["above", "c"])
    }

    @Test("clears itself away for text that scrolls above it")
    func clear() {
        var (frame, screen) = (LiveFrame(), Screen(rows: 8))
        screen.take(frame.redraw(["1", "2", "3"]))
        screen.take(frame.clear() + "a message\n")
        screen.take(frame.redraw(["1", "2", "3"]))
        #expect(screen.text == ["a message", "1", "2", "3"])
        screen.take(frame.clear())
        #expect(screen.text == ["a message"] && screen.row == 1)
    }

    @Test("stays when it is settled, and a new one begins below")
    func settle() {
        var (frame, screen) = (LiveFrame(), Screen(rows: 8))
        screen.take(frame.redraw(["done"]))
        frame.settle()
        #expect(frame.clear().isEmpty)
        screen.take(frame.redraw(["next"]))
        screen.take(frame.redraw(["last"]))
        #expect(screen.text == ["done", "last"])
    }

    @Test("keeps its place at the bottom of the screen, where growing scrolls")
    func scrolling() {
        var (frame, screen) = (LiveFrame(), Screen(rows: 5))
        for number in 0..<6 { screen.take("log \(number)\n") }
        for count in [1, 3, 4, 2, 4] {
            let lines = (0..<count).map { "line \($0) of \(count)" }
            screen.take(frame.redraw(lines))
            #expect(screen.text.suffix(count) == lines[...])
        }
        screen.take(frame.clear() + "log 6\n")
        #expect(screen.text.contains("log 6") && !screen.text.contains { $0.hasPrefix("line") })
    }

    @Test("shows the last lines after any sequence of changes")
    func random() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<300 {
            var (frame, screen) = (LiveFrame(), Screen(rows: 12))
            var said: [String] = []
            for step in 0..<20 {
                let lines = (0..<Int.random(in: 0...5, using: &random)).map {
                    "\($0):\(Int.random(in: 0...2, using: &random))"
                }
                screen.take(frame.redraw(lines))
                #expect(Array(screen.text.suffix(lines.count)) == lines)
                if Int.random(in: 0..<3, using: &random) == 0 {
                    said.append("said \(step)")
                    screen.take(frame.clear() + "said \(step)\n")
                    #expect(screen.text.last == said.last)
                }
            }
            #expect(screen.everything.filter { $0.hasPrefix("said") } == said)
        }
    }
}

/// The few sequences of a terminal that the frame uses, interpreted. Anything else is shown as it is, and so fails.
private struct Screen {
    private var lines: [[Character]]
    private var scrolledOff: [String] = []
    private(set) var row = 0
    private(set) var column = 0

    init(rows: Int) { lines = Array(repeating: [], count: rows) }

    /// What is visible, without the empty lines at the end.
    var text: [String] {
        let all = lines.map { String($0) }
        return Array(all[...(all.lastIndex { !$0.isEmpty } ?? -1)])
    }

    /// With what has scrolled away.
    var everything: [String] { scrolledOff + text }

    mutating func take(_ text: String) {
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\r": column = 0
            case "\n": lineFeed()
            case "\u{1B}" where rest.first == "[": sequence(&rest)
            default: put(Character(scalar))
            }
        }
    }

    /// A terminal in its usual mode returns to the first column with each line feed.
    private mutating func lineFeed() {
        column = 0
        row += 1
        guard row == lines.count else { return }
        scrolledOff.append(String(lines.removeFirst()))
        lines.append([])
        row -= 1
    }

    private mutating func sequence(_ rest: inout ArraySlice<Unicode.Scalar>) {
        rest.removeFirst()
        var parameters = ""
        while let scalar = rest.popFirst() {
            guard scalar.properties.isAlphabetic else {
                parameters.unicodeScalars.append(scalar)
                continue
            }
            switch (scalar, parameters) {
            case ("A", _): row = max(0, row - (Int(parameters) ?? 1))
            case ("K", "2"): lines[row] = []
            case ("J", ""):
                lines[row] = Array(lines[row].prefix(column))
                for below in lines.indices where below > row { lines[below] = [] }
            case ("h", "?2026"), ("l", "?2026"): break
            default: for character in "<\(parameters)\(scalar)>" { put(character) }
            }
            return
        }
    }

    private mutating func put(_ character: Character) {
        while lines[row].count <= column { lines[row].append(" ") }
        lines[row][column] = character
        column += 1
    }
}
