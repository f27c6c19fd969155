import MusterSpec

/// What is wrong with a settings file, one problem per line, as a log can take it.
enum DiagnosticLines {
    static func lines(_ file: DaemonFile) -> [String] {
        file.diagnostics.map { diagnostic in
            let place =
                diagnostic.span.map { "\(file.source.name):\($0.line):\($0.column): " } ?? "\(file.source.name): "
            let found = diagnostic.found.map { "; found \($0)" } ?? ""
            let expected = diagnostic.expected.map { ", expected \($0)" } ?? ""
            let hint = diagnostic.hint.map { "; hint: \($0)" } ?? ""
            return "\(place)\(diagnostic.severity)[\(diagnostic.code)]: \(diagnostic.message)\(found)\(expected)\(hint)"
        }
    }
}
