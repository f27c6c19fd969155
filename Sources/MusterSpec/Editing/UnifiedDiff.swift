/// A difference as `diff -u` writes it, which people and `patch` both read.
package enum UnifiedDiff {
    private static let context = 3

    /// The hunks below their headers; empty where the texts are equal.
    ///
    /// - Parameters:
    ///   - old: The text as it is.
    ///   - new: The text as it will be.
    ///   - name: Of the file, below `a/` and `b/`.
    /// - Returns: Lines that end with LF each.
    package static func text(old: String, new: String, name: String) -> String {
        let difference = LineDifference(old: old, new: new)
        guard !difference.isEmpty else { return "" }
        let rows = marked(difference)
        let changed = rows.indices.filter { rows[$0].kind != .kept }
        var hunks: [Range<Int>] = []
        for index in changed {
            let range = max(0, index - context)..<min(rows.count, index + context + 1)
            if let last = hunks.last, last.upperBound >= range.lowerBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        let name = name.hasPrefix("/") ? String(name.dropFirst()) : name
        return "--- a/\(name)\n+++ b/\(name)\n" + hunks.map { hunk($0, rows) }.joined()
    }

    private struct Row {
        let kind: LineDifference.Kind
        let text: String
    }

    /// Rows with the remark that `patch` needs where a text does not end with LF.
    private static func marked(_ difference: LineDifference) -> [Row] {
        var rows = difference.rows
        // A line that only gains or loses its LF is gone and new.
        if difference.oldEnds != difference.newEnds, let last = rows.last, last.kind == .kept {
            rows[rows.count - 1] = .init(kind: .removed, line: last.line)
            rows.append(.init(kind: .added, line: last.line))
        }
        let lastOld = rows.lastIndex { $0.kind != .added }
        let lastNew = rows.lastIndex { $0.kind != .removed }
        return rows.enumerated().map { index, row in
            let isOpen = index == lastOld && !difference.oldEnds || index == lastNew && !difference.newEnds
            let remark = isOpen ? "\\ No newline at end of file\n" : ""
            return Row(kind: row.kind, text: "\(row.kind.rawValue)\(row.line)\n\(remark)")
        }
    }

    private static func hunk(_ range: Range<Int>, _ rows: [Row]) -> String {
        func place(without kind: LineDifference.Kind) -> String {
            let before = rows[..<range.lowerBound].count { $0.kind != kind }
            let count = rows[range].count { $0.kind != kind }
            // A hunk of no lines is counted from the line before it.
            let first = count == 0 ? before : before + 1
            return count == 1 ? "\(first)" : "\(first),\(count)"
        }
        return "@@ -\(place(without: .added)) +\(place(without: .removed)) @@\n" + rows[range].map(\.text).joined()
    }
}
