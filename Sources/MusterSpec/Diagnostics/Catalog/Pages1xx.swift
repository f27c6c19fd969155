extension DiagnosticCatalog {
    /// The file as text and as YAML.
    static let textPages: [DiagnosticPage] = [
        DiagnosticPage(
            .emptyFile,
            "the file is empty",
            meaning: """
                There is nothing in the file but white space and comments. A cluster file names at least the deployment, \
                the engine with its release, the model, and the nodes; nothing of that has a default.
                """,
            fix: "Start from one of the files in `Configs/` and change it; check that the path is the one you meant.",
            pointsAtEdit: false,
            edits: [
                "name: demo": "# name: demo", "engine: {kind: sglang, version: 0.5.9}": "",
                "model: /models/DeepSeek-V3": "", "tcp_iface: bond0": "", "rdma_gid_index: 3": "", "tp_size: 16": "",
                "nodes: [10.0.0.1, 10.0.0.2]": "", "ssh: {user: root}": "",
                "ports: {http: 8000, rendezvous: 5000}": "", "env: {NCCL_DEBUG: INFO}": "",
                "args: {trust-remote-code: true}": "",
            ]
        ),
        DiagnosticPage(
            .notText,
            "the file is not UTF-8 text",
            meaning: """
                A byte in the file cannot be part of a YAML text: it is a control character, or not valid UTF-8. Usually \
                the path names another kind of file, or an editor saved it in UTF-16 or Latin-1. The rest of the file is \
                not looked at, because its lines would not be the lines you see.
                """,
            fix: "Save the file as UTF-8. A byte order mark at its start and Windows line ends are fine.",
            edits: ["name: demo": "name: demo\u{01}"]
        ),
        DiagnosticPage(
            .fileTooLarge,
            "the file is too large for a cluster file",
            meaning: """
                The file, or what its aliases expand to, is far larger than a description of thousands of nodes needs. \
                Reading on would only cost memory. A file that names 4,096 nodes one by one stays well below the limit.
                """,
            fix: """
                Check that the path names the cluster file and not a log or a weight file. Write ranges, as in \
                `node[0001-4096]`, and keep aliases of aliases out of it.
                """,
            message: "error[MUS0103]: the file is too large for a cluster file",
            next: "ls -l CLUSTER_FILE"
        ),
        DiagnosticPage(
            .nestedTooDeeply,
            "the file is nested too deeply",
            meaning: """
                The brackets or dashes of the file open more levels than any cluster file has; the deepest key of a real \
                one stands six levels down. Almost always a bracket was opened and never closed, or the file is no \
                cluster file. YAML parsers recurse, so this is refused before one sees it.
                """,
            fix: "Close the brackets. A range in a host name needs both of its own: `10.0.0.[1-4]`.",
            edits: [
                "rdma_gid_index: 3": "rdma_gid_index: " + String(repeating: "[", count: 33)
                    + String(repeating: "]", count: 33)
            ]
        ),
        DiagnosticPage(
            .yamlSyntax,
            "the YAML cannot be read",
            meaning: """
                The parser met a character that cannot stand there. The place named is where it gave up, which may be a \
                little below the mistake: an unclosed quote or bracket is noticed only later. Nothing after it could be \
                read, so more problems may show once it is mended.
                """,
            fix: """
                Check indentation, colons, quotes and brackets around the place and in the lines above. Text that starts \
                with one of `@ % & * ! | >` or holds `: ` or ` #` wants quotes.
                """,
            edits: ["model: /models/DeepSeek-V3": "model: @models/DeepSeek-V3"]
        ),
        DiagnosticPage(
            .duplicateKey,
            "a key stands twice in the same mapping",
            meaning: """
                YAML allows each key once; many parsers silently keep the last one. With launch parameters that means a \
                line somebody reads in review is not the line that runs, so it is refused here. The note shows where the \
                key stood first.
                """,
            fix: "Remove one of the two lines.",
            edits: ["tcp_iface: bond0": "tcp_iface: bond0\ntcp_iface: ens1f0"]
        ),
        DiagnosticPage(
            .aliasAsKey,
            "an alias stands where a key belongs",
            meaning: """
                `*name` in the place of a key would make the key depend on another part of the file. No cluster file needs \
                that, and an alias to a nested structure there costs a parser exponential time. Aliases may stand for \
                values.
                """,
            fix: "Write the key out in letters.",
            edits: ["env: {NCCL_DEBUG: INFO}": "env: {*level : INFO}"]
        ),
        DiagnosticPage(
            .severalDocuments,
            "the file holds more than one YAML document",
            meaning: """
                A line `---` starts a second document. One file describes one deployment: its name, its plan and its hash \
                belong together, and a command must not have to guess which of several is meant.
                """,
            fix: "Move what follows `---` to a file of its own. A single `---` at the very start is fine.",
            edits: ["args: {trust-remote-code: true}": "args: {trust-remote-code: true}\n---\nname: other"]
        ),
        DiagnosticPage(
            .tabIndentation,
            "a tab is used for indentation",
            meaning: """
                YAML counts spaces to see what belongs to what and does not allow tabs there, since a tab is as wide as \
                somebody's editor says. The line looks right on the screen and is not.
                """,
            fix: "Replace the tab with spaces, and tell the editor to insert spaces in YAML files.",
            edits: ["env: {NCCL_DEBUG: INFO}": "env:\n\tNCCL_DEBUG: INFO"]
        ),
        DiagnosticPage(
            .fileUnreadable,
            "the file cannot be read",
            meaning: """
                The file does not exist, is a directory, or may not be read by the user muster runs as. Nothing was looked \
                at and nothing was done on any node.
                """,
            fix: "Check the path and its permissions; `-` reads the file from standard input.",
            message: "error[MUS0110]: the file cannot be read: No such file or directory",
            next: "ls -l CLUSTER_FILE"
        ),
        DiagnosticPage(
            .badMerge,
            "a merge key has no mapping to merge",
            meaning: """
                `<<` folds the keys of another mapping into this one, so an alias of a mapping, or a list of such aliases, \
                has to stand behind it. Keys written out in the mapping itself win over merged ones.
                """,
            fix: "Write `<<: *anchor`, with `&anchor` in front of a mapping further up.",
            edits: ["env: {NCCL_DEBUG: INFO}": "env: {<<: INFO}"]
        ),
    ]
}
