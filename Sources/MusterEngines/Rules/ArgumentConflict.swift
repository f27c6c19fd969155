import MusterSpec

/// A line of `args` that the engine's parser takes, and that the engine refuses beside the rest of the file.
enum ArgumentConflict {
    /// The problem with such a line.
    ///
    /// - Parameters:
    ///   - given: The line.
    ///   - message: What does not go together.
    ///   - found: The values, as the file has them.
    ///   - expected: What the engine takes.
    ///   - hint: What to write.
    /// - Returns: An error at the line's value.
    static func problem<Value>(
        _ given: FileArguments.Given<Value>,
        _ message: String,
        found: String,
        expected: String,
        hint: String
    ) -> Diagnostic {
        Diagnostic(.argumentConflict, message, at: given.span, found: found, expected: expected, hint: hint)
    }
}
