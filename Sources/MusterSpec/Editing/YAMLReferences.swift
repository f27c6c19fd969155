/// Whether parts of a file are shared between places.
enum YAMLReferences {
    /// Whether an anchor, an alias or a merge key seems to stand in the file. Only the words of a refusal depend on it.
    static func isUsed(in source: SourceFile) -> Bool {
        source.lines.contains { line in
            let scalars = Array(line.unicodeScalars)
            return scalars.indices.contains { index in
                let isStart = index == 0 || " [{,-:".unicodeScalars.contains(scalars[index - 1])
                let hasName = index + 1 < scalars.count && scalars[index + 1] != " "
                return isStart && hasName && (scalars[index] == "&" || scalars[index] == "*")
            }
        }
    }
}
