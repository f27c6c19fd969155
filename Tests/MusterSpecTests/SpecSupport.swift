import MusterSpec

/// A file that nothing is wrong with, as a place to make one change in.
func baseFile(_ edits: [String: String] = [:], appending extra: String = "") -> String {
    DiagnosticPage.Example.base.split(separator: "\n", omittingEmptySubsequences: false)
        .map { line in
            let key = line.prefix { $0 != ":" }
            return edits[String(key)].map { $0.isEmpty ? "" : $0 } ?? String(line)
        }
        .joined(separator: "\n") + extra
}

func read(_ text: String, world: SpecWorld = .unknown) -> ClusterFile {
    ClusterFile(bytes: Array(text.utf8), name: "cluster.yaml", world: world)
}

func diagnostics(_ text: String, world: SpecWorld = .unknown) -> [Diagnostic] { read(text, world: world).diagnostics }

func codes(_ text: String, world: SpecWorld = .unknown) -> [DiagnosticCode] {
    diagnostics(text, world: world).map(\.code)
}

/// `line:column code`, the short form tables of expectations are written in.
func places(_ text: String) -> [String] {
    diagnostics(text).map { diagnostic in
        "\(diagnostic.span.map { "\($0.line):\($0.column)" } ?? "-") \(diagnostic.code)"
    }
}
