import MusterEngines
import MusterSpec

/// A file for one engine with as many nodes as asked for, and the rest of it as lines.
func clusterFile(_ engine: String, _ version: String, nodes: Int = 1, _ lines: String...) -> String {
    """
    name: demo
    engine: {kind: \(engine), version: \(version)}
    model: /m
    nodes: ["10.0.0.[1-\(nodes)]"]
    \(nodes > 1 ? "tcp_iface: bond0" : "")
    \(lines.joined(separator: "\n"))
    """
}

func spec(_ text: String) -> ClusterSpec? { ClusterFile(bytes: Array(text.utf8), name: "a.yaml").spec }

/// What the engine alone says about a file.
func engineCodes(_ text: String) -> [DiagnosticCode] { engineProblems(text).map(\.code) }

func engineProblems(_ text: String) -> [Diagnostic] {
    spec(text).map { engine(for: $0).check().inFileOrder() } ?? []
}

func sample(_ engineName: String, _ version: String = "0.5.9", _ lines: String...) -> (any Engine)? {
    spec(clusterFile(engineName, version, nodes: 1, lines.joined(separator: "\n"))).map { engine(for: $0) }
}
