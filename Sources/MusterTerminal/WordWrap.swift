/// Breaks text at blanks, so that no line is wider than a terminal.
package enum WordWrap {
    /// Breaks one text.
    ///
    /// - Parameters:
    ///   - text: One line without escapes. Blanks at its beginning stay.
    ///   - width: Cells per line. A word that is wider stays whole: a path that is broken cannot be copied.
    ///   - hanging: Cells by which all lines but the first are indented.
    /// - Returns: The lines.
    package static func lines(_ text: String, width: Int, hanging: Int) -> [String] {
        guard DisplayWidth.of(text) > width else { return [text] }
        let indent = String(repeating: " ", count: hanging)
        var lines: [String] = []
        var line: String?
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            guard let begun = line else {
                line = String(word)
                continue
            }
            if DisplayWidth.of(begun) + 1 + DisplayWidth.of(word) <= width {
                line = "\(begun) \(word)"
            } else if !word.isEmpty {
                lines.append(begun)
                line = indent + word
            }
        }
        return lines + [line ?? ""]
    }
}
