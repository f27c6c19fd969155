package import MusterSpec

/// Something that is wrong, or will probably be regretted, on one node or between nodes.
package struct Finding: Hashable, Sendable {
    package var code: DiagnosticCode
    package var severity: Severity
    /// The nodes it is about: one, or the minority that differs from the others.
    package var nodes: [String]
    /// What on the node, such as `GPU 3` or `mlx5_2 port 1`; nothing for the node as a whole.
    package var subject: String?
    /// Lower case, no final period, without the node's name.
    package var message: String
    package var measured: String?
    package var expected: String?
    /// The change to make: a line of the cluster file, a command, a cable.
    package var change: String
    /// The line of the cluster file to change, where it is the file.
    package var span: SourceSpan?
    /// The edit of the cluster file that would mend it.
    package var edit: FileEdit?
    /// The finding that explains this one: a consequence is shown below its cause.
    package var cause: Key?

    /// What a finding is told apart by.
    package struct Key: Hashable, Sendable {
        package var code: DiagnosticCode
        package var nodes: [String]
        package var subject: String?
    }

    /// `node3: mlx5_2`
    package var place: String { ([Names.list(nodes)] + [subject].compactMap(\.self)).joined(separator: ": ") }

    package var key: Key { Key(code: code, nodes: nodes, subject: subject) }
}
