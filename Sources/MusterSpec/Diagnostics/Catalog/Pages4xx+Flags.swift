extension DiagnosticCatalog {
    /// The lines of `args` as flags of one release.
    static let flagPages: [DiagnosticPage] = [
        DiagnosticPage(
            .unknownArgument,
            "the release has no flag of this name",
            meaning: """
                Flags come and go with releases, and an engine that meets one it does not know ends with exit status 2 on \
                every node, after importing for a minute. muster knows the flags of many releases; one that it does not \
                know is judged by its neighbours, and a release outside of the known ones only warned about. Flags of an \
                engine that was changed by hand are let through with a warning where its version says so, as in \
                `0.5.9+mine`.
                """,
            fix: "Correct the name, or take the flag that is named in its place; `muster flags` lists them by release.",
            edits: ["args: {trust-remote-code: true}": "args: {trust-remot-code: true}"]
        ),
        DiagnosticPage(
            .argumentValue,
            "the flag does not take this value",
            meaning: """
                The engine's parser reads every value as a number, as JSON or as one of a list of words, and refuses \
                anything else with exit status 2 on every node. The words change with releases.
                """,
            fix: "Write one of the values that are named; `muster flags NAME` shows them for a release.",
            edits: ["args: {trust-remote-code: true}": "args: {chunked-prefill-size: large}"]
        ),
        DiagnosticPage(
            .argumentCount,
            "the flag does not take a value in this form",
            meaning: """
                A switch is written `true` or `false`, a flag with one value has text or a number behind the colon, and \
                only some take a list. A value too many is read as something else by the engine, or refused; one too few \
                makes it take the next flag for the value.
                """,
            fix: "Write `name: true` for a switch, `name: value` for one value, `name: [a, b]` for several.",
            edits: ["args: {trust-remote-code: true}": "args: {trust-remote-code: 1}"]
        ),
        DiagnosticPage(
            .argumentConflict,
            "a flag does not go with the rest of the file",
            meaning: """
                The engine's parser takes the line, and what comes after it does not: the value is none that the sizes of \
                the file leave, or two settings exclude each other. The launcher ends with a traceback on every node, \
                after importing for a minute.
                """,
            fix: "Write what is expected, or remove one of the settings that are named.",
            edits: ["args: {trust-remote-code: true}": "args: {moe-dense-tp-size: 4}"]
        ),
        DiagnosticPage(
            .argumentDeprecated,
            "the flag is deprecated in this release",
            meaning: """
                The engine still takes the flag and will not do so for ever. Where another one means exactly the same, \
                muster writes that one into the launch script, and the file can stay as it is.
                """,
            fix: "Write what is named in its place, or do without the flag.",
            edits: [
                "engine: {kind: sglang, version: 0.5.9}": "engine: {kind: sglang, version: 0.5.15}",
                "args: {trust-remote-code: true}": "args: {cuda-graph-max-bs: 64}",
            ]
        ),
        DiagnosticPage(
            .ambiguousArgument,
            "the name is short for several flags",
            meaning: """
                The engines' parsers take the beginning of a flag for the whole as long as it is unique. Here it is not, \
                and the engine would end with exit status 2 on every node.
                """,
            fix: "Write the full name of the flag that is meant.",
            edits: ["args: {trust-remote-code: true}": "args: {cuda-graph: 8}"]
        ),
        DiagnosticPage(
            .argumentRenamed,
            "the release knows the flag by another name",
            meaning: """
                A flag of this name is one of another release, and this one has a flag that means the same. muster writes \
                the name that the release knows, so that a file survives an upgrade, and says so.
                """,
            fix: "Write the name of the release, or leave it as it is for a file that serves several releases.",
            edits: [
                "engine: {kind: sglang, version: 0.5.9}": "engine: {kind: sglang, version: 0.5.23}",
                "args: {trust-remote-code: true}": "args: {cuda-graph-max-bs: 64}",
            ]
        ),
        DiagnosticPage(
            .argumentAbbreviated,
            "the name is the beginning of a flag",
            meaning: """
                The engines' parsers take the beginning of a flag for the whole as long as it is unique, and what is \
                unique changes with a release: `--pp` was a flag to SGLang up to 0.5.2 and is an error from 0.5.9 on. \
                muster writes the full name into the launch script.
                """,
            fix: "Write the full name.",
            edits: ["args: {trust-remote-code: true}": "args: {trust-remote: true}"]
        ),
    ]
}
