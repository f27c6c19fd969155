/// The reference page of the cluster file, made from the table that drives decoding.
package enum FieldReference {
    /// Markdown; `MusterSpec.docc/ClusterFileReference.md` is this text, and a test compares the two.
    package static var text: String {
        let opening = [
            "# Cluster file reference",
            "",
            "Every key of the cluster file: what it takes, what holds without it, and an example.",
            "",
            "## Overview",
            "",
            "This page is made from the table in `ClusterFields.swift`, which decoding and `muster schema` read too.",
            "Values are read by what their key needs, never by what they look like, so nothing but an empty value or",
            "text with YAML's own punctuation needs quotes.",
            "",
        ]
        return (opening + sections(ClusterFields.root, path: "")).joined(separator: "\n")
    }

    /// The page of the daemon's settings, `MusterSpec.docc/DaemonFileReference.md`.
    package static var daemonText: String {
        let opening = [
            "# Settings of musterd",
            "",
            "Every key of `musterd.yaml`. The file may be empty or absent: every key has a default.",
            "",
            "## Overview",
            "",
            "This page is made from the table in `DaemonFields.swift`, which decoding reads too. `musterd --check` reads",
            "the file and says what is wrong with it; `SIGHUP` has a running daemon read it again, and what cannot change",
            "while it runs (the socket, the state directory, the TCP listener) is said then.",
            "",
        ]
        return (opening + sections(DaemonFields.root, path: "")).joined(separator: "\n")
    }

    private static func sections(_ fields: [Field], path: String) -> [String] {
        let title = path.isEmpty ? "The file" : "`\(path)`"
        var lines = [
            "## \(title)", "", "| Key | Takes | Default | Example | Meaning |", "| --- | --- | --- | --- | --- |",
        ]
        for field in fields {
            let standing = field.isRequired ? "required" : field.defaultText ?? "none"
            let cells = ["`\(field.name)`", field.kind.expectation, standing, "`\(field.example)`", field.summary]
            lines.append("| " + cells.map(escaped).joined(separator: " | ") + " |")
        }
        lines.append("")
        for field in fields {
            let children = ClusterFields.children(field.kind)
            guard !children.isEmpty else { continue }
            lines += sections(children, path: (path.isEmpty ? "" : path + ".") + field.name + suffix(field.kind))
        }
        return lines
    }

    /// What stands between a key and the keys below it: an index of a list, any name of a table.
    private static func suffix(_ kind: FieldKind) -> String {
        switch kind {
        case .list: "[]"
        case .table: ".NAME"
        default: ""
        }
    }

    private static func escaped(_ cell: String) -> String {
        cell.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}
