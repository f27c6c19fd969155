import Yams

extension SourceFile {
    /// Where a key of the cluster file stands: `args.mem-fraction-static`.
    ///
    /// - Parameter path: The key, with those above it. Flags of an engine are found however their words are joined.
    /// - Returns: The key itself, or nothing where the file does not have it or cannot be read.
    package func place(ofKey path: String) -> SourceSpan? {
        var node = YAMLDocument(self).root
        var found: Node.Scalar?
        for word in path.split(separator: ".") {
            guard case .mapping(let mapping)? = node else { return nil }
            let pair = mapping.first { key, _ in
                key.string.map { $0 == word || Self.isSameFlag($0, word) } ?? false
            }
            guard let pair, case .scalar(let key) = pair.key else { return nil }
            found = key
            node = pair.value
        }
        guard let found, let mark = found.mark else { return nil }
        return SourceSpan(line: mark.line, column: mark.column, length: found.string.unicodeScalars.count)
    }

    private static func isSameFlag(_ left: String, _ right: Substring) -> Bool {
        left.utf8.count == right.utf8.count
            && zip(left.utf8, right.utf8).allSatisfy { $0 == $1 || isJoint($0) && isJoint($1) }
    }

    private static func isJoint(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") }
}
