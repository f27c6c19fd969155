/// What changed between two launch scripts, line by line.
package struct ScriptDiff: Hashable, Sendable {
    package enum Line: Hashable, Sendable {
        case removed(String)
        case added(String)
    }

    package let lines: [Line]

    /// Only the lines that differ, in the order of the new text; a moved line counts as removed and added.
    package init(old: String, new: String) {
        let oldLines = old.split(separator: "\n", omittingEmptySubsequences: false)
        let newLines = new.split(separator: "\n", omittingEmptySubsequences: false)
        let difference = newLines.difference(from: oldLines)
        // Removals first where both fall on the same place, as people read a change.
        let changes = difference.map { change -> (offset: Int, isInsertion: Bool, line: Line) in
            switch change {
            case .remove(let offset, let element, _): (offset, false, .removed(String(element)))
            case .insert(let offset, let element, _): (offset, true, .added(String(element)))
            }
        }
        lines = changes.sorted { ($0.offset, $0.isInsertion ? 1 : 0) < ($1.offset, $1.isInsertion ? 1 : 0) }.map(\.line)
    }

    package var isEmpty: Bool { lines.isEmpty }
}
