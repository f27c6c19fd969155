import MusterTerminal
import MusterTesting
import Testing

@Suite("Table")
struct TableTests {
    /// Four columns of which two may give way, and two rows.
    private func sample() -> Table {
        var table = Table([.init("NAME"), .init("STATE"), .init("WHERE", priority: 2), .init("RENDER", priority: 1)])
        table.add(["alpha", "running", "rack seven", "0123456789ab"])
        table.add(["b", "gone", "-", "-"])
        return table
    }

    private func lines(_ width: Int) -> String { sample().lines(width: width, style: .plain).joined(separator: "\n") }

    @Test("is as wide as its content where there is room")
    func roomy() {
        #expect(
            lines(100) == """
                NAME   STATE    WHERE       RENDER
                alpha  running  rack seven  0123456789ab
                b      gone     -           -
                """
        )
        #expect(lines(40) == lines(100))
    }

    @Test("narrows the least important column first")
    func narrowed() {
        #expect(
            lines(38) == """
                NAME   STATE    WHERE       RENDER
                alpha  running  rack seven  012345678…
                b      gone     -           -
                """
        )
    }

    @Test("drops it when narrowing is not enough")
    func dropped() {
        #expect(
            lines(30) == """
                NAME   STATE    WHERE
                alpha  running  rack seven
                b      gone     -
                """
        )
    }

    @Test("then narrows and drops the next one")
    func droppedTwice() {
        #expect(lines(25).hasPrefix("NAME   STATE    WHERE\nalpha  running  rack sev…\n"))
        #expect(lines(20) == "NAME   STATE\nalpha  running\nb      gone")
    }

    @Test("narrows what must stay at last, and drops none of it")
    func narrowest() {
        var table = Table([.init("NODE"), .init("STATE"), .init("PHASE", priority: 4)])
        table.add(["a-rather-long-name-of-a-node", "running without a waiter", "kv cache"])
        #expect(
            table.lines(width: 32, style: .plain) == ["NODE    STATE", "a-rat…  running without a waiter"]
        )
        #expect(table.lines(width: 14, style: .plain) == ["NODE    STATE", "a-rat…  runni…"])
    }

    @Test("has no line that is wider than asked and none that ends in a space", arguments: 34...120)
    func everyWidth(_ width: Int) {
        var random = SeededRandom(seed: UInt64(width))
        var table = Table([
            .init("NODE RANK"), .init("NODE"), .init("RANKS", priority: 3), .init("STATE"), .init("PHASE", priority: 4),
            .init("RENDER", priority: 1),
        ])
        let words = ["", "-", "r", "日本語の名前", "gpu-node-0017.example", "running without a waiter", "0123456789ab", "x "]
        for _ in 0..<12 {
            let row = (0..<6).map { _ in Table.Cell(words[Int.random(in: words.indices, using: &random)], .good) }
            table.add(row)
        }
        for line in table.lines(width: width, style: .plain) {
            #expect(DisplayWidth.of(line) <= width && !line.hasSuffix(" "), "[\(line)]")
        }
    }

    @Test("lines up under wide characters")
    func wide() {
        var table = Table([.init("NAME"), .init("S")])
        table.add(["日本", "1"])
        table.add(["abc", "2"])
        #expect(table.lines(width: 40, style: .plain) == ["NAME  S", "日本  1", "abc   2"])
        #expect(table.lines(width: 40, style: .plain).dropFirst().allSatisfy { DisplayWidth.of($0.dropLast()) == 6 })
    }

    @Test("measures before it paints")
    func painted() {
        var table = Table([.init("A"), .init("B")])
        table.add([.init("x", .bad), .init("y", .good)])
        let lines = table.lines(width: 40, style: Style(isColoured: true))
        #expect(lines == ["\u{1B}[2mA\u{1B}[0m  \u{1B}[2mB\u{1B}[0m", "\u{1B}[1;31mx\u{1B}[0m  \u{1B}[32my\u{1B}[0m"])
    }

    @Test("takes rows that are too short or too long, and no rows")
    func ragged() {
        var table = Table([.init("A"), .init("B")])
        #expect(table.lines(width: 40, style: .plain) == ["A  B"])
        table.add(["1"])
        table.add(["1", "2", "3"])
        #expect(table.lines(width: 40, style: .plain) == ["A  B", "1", "1  2"])
        #expect(Table([]).lines(width: 40, style: .plain) == [""])
    }
}
