package import MusterSpec

/// What one text came to, ready to be drawn or handed to another program.
package struct ParsedDocument: Sendable {
    package enum Outcome: Sendable {
        case read(any DocumentValue, remarks: [Remark])
        case damaged(Damage)
    }

    package let kind: ParserKind
    package let outcome: Outcome

    package init(kind: ParserKind, outcome: Outcome) {
        self.kind = kind
        self.outcome = outcome
    }

    /// The damage, where the text could not be read.
    package var damage: Damage? {
        guard case .damaged(let damage) = outcome else { return nil }
        return damage
    }

    /// What was odd and tolerated.
    package var remarks: [Remark] {
        guard case .read(_, let remarks) = outcome else { return [] }
        return remarks
    }

    /// `muster.doctor.parse/1`
    package var json: JSONValue {
        let head: JSONValue = ["format": "muster.doctor.parse/1", "kind": .string(kind.rawValue)]
        switch outcome {
        case .read(let value, let remarks):
            return head.adding([
                "outcome": "read",
                "remarks": .array(
                    remarks.map { ["line": .optional($0.line), "message": .string($0.message)] }
                ),
                "value": value.json,
            ])
        case .damaged(let damage):
            return head.adding([
                "outcome": "damaged",
                "damage": [
                    "reason": .string(damage.reason.rawValue), "line": .optional(damage.line),
                    "column": .optional(damage.column), "found": .string(damage.found),
                    "expected": .string(damage.expected), "hint": .string(damage.hint),
                ],
            ])
        }
    }

    /// What to draw: the value, or the damage and the way out of it; remarks come last.
    package var sections: [DocumentSection] {
        switch outcome {
        case .read(let value, let remarks):
            guard !remarks.isEmpty else { return value.sections }
            let lines = remarks.map { remark in
                DocumentSection.Cell(remark.line.map { "line \($0): \(remark.message)" } ?? remark.message, .doubtful)
            }
            return value.sections + [DocumentSection("remarks", lines: lines)]
        case .damaged(let damage):
            return [
                DocumentSection(
                    nil,
                    lines: [.init(damage.message, .bad), .init("hint: \(damage.hint)")]
                )
            ]
        }
    }

    /// The text without colour and as wide as it is, sections apart by a blank line.
    package var lines: [String] {
        Array(sections.map(\.lines).joined(separator: [""]))
    }
}
