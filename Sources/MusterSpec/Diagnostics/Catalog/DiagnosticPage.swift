/// What `muster explain` knows about one code: what it means, what to change, and a file that shows it.
package struct DiagnosticPage: Sendable {
    /// A change to `Example.base` that makes exactly this problem; tests make it and look.
    package struct Example: Sendable {
        /// One line of the base and what stands there instead, on one line or several.
        package struct Edit: Hashable, Sendable {
            package let line: String
            package let replacement: String
        }

        package let edits: [Edit]
        /// Whether the problem is reported where the edit is: what is missing is reported where it is missed.
        package let pointsAtEdit: Bool
    }

    /// What stands on the terminal for a problem that no file shows, and the command to run next.
    package struct Occurrence: Sendable {
        package let message: String
        package let next: String
    }

    package let code: DiagnosticCode
    package let title: String
    package let meaning: String
    package let fix: String
    package let example: Example?
    package let occurrence: Occurrence?

    /// A page of a problem that a cluster file shows.
    init(
        _ code: DiagnosticCode,
        _ title: String,
        meaning: String,
        fix: String,
        pointsAtEdit: Bool = true,
        edits: KeyValuePairs<String, String>
    ) {
        self.code = code
        self.title = title
        self.meaning = Self.paragraph(meaning)
        self.fix = Self.paragraph(fix)
        example = Example(
            edits: edits.map { Example.Edit(line: $0.key, replacement: $0.value) },
            pointsAtEdit: pointsAtEdit
        )
        occurrence = nil
    }

    /// A page of a problem that only a machine shows.
    init(_ code: DiagnosticCode, _ title: String, meaning: String, fix: String, message: String, next: String) {
        self.code = code
        self.title = title
        self.meaning = Self.paragraph(meaning)
        self.fix = Self.paragraph(fix)
        example = nil
        occurrence = Occurrence(message: message, next: next)
    }

    /// The literals are wrapped for the source; the page is wrapped for the reader.
    private static func paragraph(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

extension DiagnosticPage.Example {
    /// A file that nothing is wrong with, whoever looks at it.
    package static let base = """
        name: demo
        engine: {kind: sglang, version: 0.5.9}
        model: /models/DeepSeek-V3
        tcp_iface: bond0
        rdma_gid_index: 3
        tp_size: 16
        nodes: [10.0.0.1, 10.0.0.2]
        ssh: {user: root}
        ports: {http: 8000, rendezvous: 5000}
        env: {NCCL_DEBUG: INFO}
        args: {trust-remote-code: true}

        """

    /// The base with the edits made.
    package var text: String {
        edits.reduce(Self.base) { text, edit in
            text.split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0 == edit.line ? edit.replacement : String($0) }
                .joined(separator: "\n")
        }
    }
}
