/// A readable difference of two texts, line by line, with a little of what surrounds each change.
package enum LineDiff {
    private static let context = 2

    package static func text(old: String, new: String) -> String {
        let rows = rows(
            old.split(separator: "\n", omittingEmptySubsequences: false).map(String.init),
            new.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        )
        let changed = rows.indices.filter { rows[$0].mark != " " }
        let kept = Set(changed.flatMap { max(0, $0 - context)...min(rows.count - 1, $0 + context) })
        var lines: [String] = []
        for index in rows.indices where kept.contains(index) {
            if index > 0, !kept.contains(index - 1) { lines.append("  ...") }
            lines.append("\(rows[index].mark) \(rows[index].line)")
        }
        return lines.joined(separator: "\n")
    }

    private static func rows(_ old: [String], _ new: [String]) -> [(mark: Character, line: String)] {
        let difference = new.difference(from: old)
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var rows: [(mark: Character, line: String)] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if left < old.count, removed.contains(left) {
                rows.append(("-", old[left]))
                left += 1
            } else if right < new.count, inserted.contains(right) {
                rows.append(("+", new[right]))
                right += 1
            } else {
                rows.append((" ", old[left]))
                left += 1
                right += 1
            }
        }
        return rows
    }
}
