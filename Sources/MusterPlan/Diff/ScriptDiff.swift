import MusterSpec

/// What changed between two launch scripts, line by line.
package struct ScriptDiff: Hashable, Sendable {
    package enum Line: Hashable, Sendable {
        case removed(String)
        case added(String)
    }

    package let lines: [Line]

    /// Only the lines that differ, in the order of the new text; a moved line counts as removed and added.
    package init(old: String, new: String) {
        lines = LineDifference(old: old, new: new).rows.compactMap { row in
            switch row.kind {
            case .kept: nil
            case .removed: .removed(row.line)
            case .added: .added(row.line)
            }
        }
    }

    package var isEmpty: Bool { lines.isEmpty }
}
