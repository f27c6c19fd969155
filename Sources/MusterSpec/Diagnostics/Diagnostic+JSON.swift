extension Diagnostic {
    /// The machine form of a diagnostic: one object with the fields of the terminal form.
    package func json(file: String) -> JSONValue {
        [
            "code": .string(code.description),
            "severity": .string(severity.rawValue),
            "message": .string(message),
            "file": .string(file),
            "line": .optional(span?.line),
            "column": .optional(span?.column),
            "length": .optional(span?.length),
            "found": .optional(found),
            "expected": .optional(expected),
            "notes": .array(
                notes.map { note in
                    [
                        "message": .string(note.message), "line": .optional(note.span?.line),
                        "column": .optional(note.span?.column),
                    ]
                }
            ),
            "hint": .optional(hint),
        ]
    }
}
