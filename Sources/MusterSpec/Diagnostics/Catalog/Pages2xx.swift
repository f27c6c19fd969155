extension DiagnosticCatalog {
    /// Keys and values one at a time.
    static let valuePages: [DiagnosticPage] = [
        DiagnosticPage(
            .unknownKey,
            "a key is not known at this place",
            meaning: """
                The mapping has a key muster does not know. It is refused rather than skipped: a misspelt key would \
                otherwise leave its default in force, and the deployment would come up with settings nobody asked for. The \
                hint names the nearest key, or the place where a key of this name belongs.
                """,
            fix: """
                Correct the spelling or move the key. Flags of the engine go into `args`, environment variables into `env`.
                """,
            edits: ["rdma_gid_index: 3": "rdma_gid_indx: 3"]
        ),
        DiagnosticPage(
            .missingKey,
            "a required key is missing",
            meaning: """
                The mapping lacks a key that has no sensible default. The caret stands where the mapping begins; the hint \
                shows the line to add. A secret needs exactly one source, so it is reported with this code too.
                """,
            fix: "Add the key. `muster schema` and the reference of the file list every key with an example.",
            pointsAtEdit: false,
            edits: ["model: /models/DeepSeek-V3": "# model: /models/DeepSeek-V3"]
        ),
        DiagnosticPage(
            .wrongType,
            "a value has the wrong shape",
            meaning: """
                A list or mapping stands where one value belongs, or the other way round, or text stands where a number or \
                `true`/`false` belongs. Values are read by what their key needs, never by what they look like: `on`, `1e3` \
                and `22:22` are text to every key.
                """,
            fix: "Write the value as the message says; the hint shows one that fits.",
            edits: ["rdma_gid_index: 3": "rdma_gid_index: [3]"]
        ),
        DiagnosticPage(
            .notAChoice,
            "a value is none of the words allowed",
            meaning: """
                The key takes one of a few words, spelled and cased exactly as listed. Nothing is guessed, because the \
                nearest word may be the opposite of what was meant.
                """,
            fix: "Write one of the words the message lists.",
            edits: ["ssh: {user: root}": "ssh: {user: root, host_keys: stric}"]
        ),
        DiagnosticPage(
            .outOfRange,
            "a number is out of range",
            meaning: """
                The number lies outside what the key can mean: a port ends at 65535, a GID table at 255 entries, and a \
                file describes at most 4,096 nodes. A number that large usually carries a digit too many or belongs to \
                the key beside it.
                """,
            fix: "Write a number in the range the message names.",
            edits: ["rdma_gid_index: 3": "rdma_gid_index: 300"]
        ),
        DiagnosticPage(
            .malformedValue,
            "a value is not in the form its key needs",
            meaning: """
                The value is text, as it should be, and cannot be read as an address, a duration, a size, a release, a \
                name or a range of hosts. A number with a leading zero is refused as well: one YAML reader takes `010` \
                for eight, another for ten, and nobody should have to know which one is reading.
                """,
            fix: """
                Follow the form in the message: `10.0.0.1`, `40m`, `64g`, `0.5.9`, `node[01-16]`. Names are not resolved \
                where an address is asked for.
                """,
            edits: ["rdma_gid_index: 3": "rdma_gid_index: 03"]
        ),
        DiagnosticPage(
            .emptyValue,
            "a key has no value",
            meaning: """
                The key stands there with nothing behind it, or with `null` or `~`. muster does not take that for the \
                default, since a line that was begun and not finished looks just the same.
                """,
            fix: "Write a value, or remove the line to have the default.",
            edits: ["rdma_gid_index: 3": "rdma_gid_index:"]
        ),
        DiagnosticPage(
            .keyNotText,
            "a key is not plain text",
            meaning: """
                YAML lets lists and mappings be keys; the cluster file does not. Most often a placeholder such as \
                `{{ name }}` of a template was left in the file, which YAML reads as a mapping of a mapping.
                """,
            fix: "Write the key as plain text, and render templates before muster reads the file.",
            edits: ["env: {NCCL_DEBUG: INFO}": "env: {[NCCL_DEBUG]: INFO}"]
        ),
        DiagnosticPage(
            .controlCharacter,
            "a value holds a control character or a line break",
            meaning: """
                Hosts, paths, names and variables end up on command lines, in environment files and on terminals, where a \
                control character or a line break is at best invisible. YAML makes them from escapes in double quotes: \
                `"\\t"` is a tab and `"\\0"` is a NUL, which no argument can carry. Only values of `args` may span lines.
                """,
            fix: "Remove the character, or use single quotes, in which a backslash is a backslash.",
            edits: ["model: /models/DeepSeek-V3": "model: \"/models\\tDeepSeek-V3\""]
        ),
    ]
}
