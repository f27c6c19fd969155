/// Looks at the text before the YAML parser does and refuses what would cost it memory or stack.
///
/// libyaml stops at 1,000 levels, Yams composes recursively and hashes every mapping key: an alias to a nested
/// structure used as a key costs exponential time there. None of this has a place in a cluster file.
struct YAMLGuard {
    /// A file for 4,096 nodes with every override stays below this many bytes.
    static let maximumSize = 4 << 20
    static let maximumDepth = 32

    /// Problems that make parsing pointless, at most one of each kind.
    static func check(_ source: SourceFile) -> [Diagnostic] {
        var scanner = YAMLScanner()
        for (index, line) in source.lines.enumerated() {
            if let problem = scanner.scan(line, number: index + 1) { return [problem] }
        }
        return scanner.aliasInKey.map { [$0] } ?? []
    }

    /// Refuses bytes that are no text.
    static func decode(_ bytes: [UInt8], name: String) -> Result<SourceFile, DiagnosticFailure> {
        if bytes.count > maximumSize {
            return .failure(
                .init(
                    Diagnostic(
                        .fileTooLarge,
                        "the file is too large for a cluster file",
                        at: nil,
                        found: "\(bytes.count) bytes",
                        expected: "at most \(maximumSize) bytes",
                        hint: "check that the path names the cluster file and not a log or a model"
                    )
                )
            )
        }
        let text = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes.dropFirst(3) : bytes[...]
        if let offset = text.firstIndex(where: { $0 < 0x20 && ![0x09, 0x0a, 0x0d].contains($0) || $0 == 0x7f }) {
            return .failure(notText(text, at: offset, "byte 0x\(hex(text[offset]))"))
        }
        guard let string = String(validating: text, as: UTF8.self) else {
            let offset = firstInvalid(text)
            return .failure(notText(text, at: offset, "byte 0x\(hex(text[offset]))"))
        }
        return .success(SourceFile(name: name, text: string))
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }

    private static func firstInvalid(_ bytes: ArraySlice<UInt8>) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var consumed = bytes.startIndex
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): consumed += UTF8.width(scalar)
            case .emptyInput, .error: return min(consumed, bytes.endIndex - 1)
            }
        }
    }

    private static func notText(_ bytes: ArraySlice<UInt8>, at offset: Int, _ found: String) -> DiagnosticFailure {
        let before = bytes[..<offset]
        let line = before.count { $0 == 0x0a } + 1
        let start = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? before.startIndex
        // Continuation bytes do not start a scalar, so counting the others counts columns.
        let column = before[start...].count { $0 & 0xc0 != 0x80 } + 1
        return .init(
            Diagnostic(
                .notText,
                "the file is not UTF-8 text",
                at: SourceSpan(line: line, column: column),
                found: found,
                expected: "a YAML file in UTF-8",
                hint: "check that the path names the cluster file; save it as UTF-8 without control characters"
            )
        )
    }
}

/// A diagnostic on its way out of a `Result`.
package struct DiagnosticFailure: Error {
    package var diagnostic: Diagnostic
    init(_ diagnostic: Diagnostic) { self.diagnostic = diagnostic }
}
