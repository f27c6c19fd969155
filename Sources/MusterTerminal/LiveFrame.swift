/// A block of lines at the bottom of a terminal that is redrawn in place with one write per change.
package struct LiveFrame: Sendable {
    private var previous: [String] = []

    package init() {}

    /// What to write so that the block shows these lines; nothing when it already does. Lines must fit the terminal's
    /// width, or the cursor arithmetic is off.
    package mutating func redraw(_ lines: [String]) -> String {
        guard lines != previous else { return "" }
        // Synchronized update keeps terminals that know it from showing half a frame; the others ignore it.
        var text = "\u{1B}[?2026h" + home
        for index in 0..<max(lines.count, previous.count) {
            let line = index < lines.count ? lines[index] : ""
            let isSame = index < lines.count && index < previous.count && lines[index] == previous[index]
            text += isSame ? "\n" : "\u{1B}[2K\(line)\n"
        }
        // Rows the block no longer needs are empty now; the cursor goes back above them.
        if previous.count > lines.count { text += "\u{1B}[\(previous.count - lines.count)A" }
        previous = lines
        return text + "\u{1B}[?2026l"
    }

    /// What to write so that the block is gone and the cursor stands where it began, for text that scrolls above it.
    package mutating func clear() -> String {
        guard !previous.isEmpty else { return "" }
        let text = home + "\u{1B}[J"
        previous = []
        return text
    }

    /// Leaves the block standing and starts below it.
    package mutating func settle() { previous = [] }

    private var home: String { previous.isEmpty ? "" : "\u{1B}[\(previous.count)A\r" }
}
