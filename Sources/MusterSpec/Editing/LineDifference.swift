/// Two texts line by line: what stands in both, what is gone and what is new, in the order people read a change.
package struct LineDifference: Hashable, Sendable {
    package enum Kind: Character, Sendable {
        case kept = " "
        case removed = "-"
        case added = "+"
    }

    package struct Row: Hashable, Sendable {
        package let kind: Kind
        /// Without its LF.
        package let line: String
    }

    /// Removals before additions at one place. A moved line counts as both.
    package let rows: [Row]
    /// Whether the texts end with LF.
    let oldEnds: Bool
    let newEnds: Bool

    package init(old: String, new: String) {
        let (before, after) = (Self.lines(old), Self.lines(new))
        (oldEnds, newEnds) = (old.isEmpty || old.utf8.last == 0x0a, new.isEmpty || new.utf8.last == 0x0a)
        let difference = after.difference(from: before)
        var gone: Set<Int> = []
        var fresh: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): gone.insert(offset)
            case .insert(let offset, _, _): fresh.insert(offset)
            }
        }
        var rows: [Row] = []
        var (left, right) = (0, 0)
        while left < before.count || right < after.count {
            if left < before.count, gone.contains(left) {
                rows.append(Row(kind: .removed, line: before[left]))
                left += 1
            } else if right < after.count, fresh.contains(right) {
                rows.append(Row(kind: .added, line: after[right]))
                right += 1
            } else {
                rows.append(Row(kind: .kept, line: before[left]))
                left += 1
                right += 1
            }
        }
        self.rows = rows
    }

    package var isEmpty: Bool { rows.allSatisfy { $0.kind == .kept } && oldEnds == newEnds }

    /// By bytes: a CRLF is one character to a string, and its LF would not be found.
    private static func lines(_ text: String) -> [String] {
        var lines = text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).map { String(Substring($0)) }
        // What follows the last LF is no line, unless something stands there.
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}
