extension DiagnosticCatalog {
    /// Environment, arguments, secrets and key files.
    static let environmentPages: [DiagnosticPage] = [
        DiagnosticPage(
            .managedArgument,
            "`args` has a flag that comes from a key of the file",
            meaning: """
                Node rank, addresses and sizes differ from node to node or decide what every node gets, so muster writes \
                them. A second source for one of them would win or lose by its place on the command line. The engines' \
                option parsers accept unique prefixes as well, so `tp` or `node-r` counts as the flag it is short for, and \
                `no-enable-expert-parallel` as the one it switches off.
                """,
            fix: "Remove it from `args` and use the key that the message names.",
            edits: ["args: {trust-remote-code: true}": "args: {node-rank: 1}"]
        ),
        DiagnosticPage(
            .managedEnvironment,
            "`env` has a name that muster or a key of the file sets",
            meaning: """
                Some variables have to differ per node (a node's own address), per rank, or tell muster its own processes \
                apart; one value for all would be wrong on all nodes but one. Others have a key of their own, and two \
                sources for one setting are refused when both are given.
                """,
            fix: "Remove the line; the hint names the key that sets it.",
            edits: ["env: {NCCL_DEBUG: INFO}": "env: {SGLANG_HOST_IP: 10.0.0.1}"]
        ),
        DiagnosticPage(
            .secretInArguments,
            "an argument looks like a secret in clear",
            meaning: """
                The arguments of a process can be read by every user of the machine, and engines print all of theirs in \
                the first line of the log. A key written into `args` would also stand in the rendered script and in \
                version control.
                """,
            fix: """
                Define it under `secrets` and refer to it: `api-key: {secret: NAME}`. Where the engine reads a variable \
                instead of a flag, name the secret like the variable and leave the flag out.
                """,
            edits: ["args: {trust-remote-code: true}": "args: {api-key: abc123}"]
        ),
        DiagnosticPage(
            .secretInEnvironment,
            "a variable looks like a secret in clear",
            meaning: """
                `env` is written into the launch script, which is meant to be read, shown and attached to tickets. A token \
                there is a token published. Secrets are kept in a file of mode 0600 on the node and appear nowhere else.
                """,
            fix: "Move it to `secrets`: the variable has the same name on the node, and its value is read here.",
            edits: ["env: {NCCL_DEBUG: INFO}": "env: {HF_TOKEN: abc123}"]
        ),
        DiagnosticPage(
            .glooExclusion,
            "a pattern stands where Gloo needs one interface",
            meaning: """
                NCCL takes lists, prefixes and `^` exclusions for its interface; Gloo takes one concrete name and ends \
                with `Unable to find address for: ^lo` otherwise. tcp_iface sets both.
                """,
            fix: "Name one interface. If NCCL needs the pattern, set NCCL_SOCKET_IFNAME in `env` beside it.",
            edits: ["tcp_iface: bond0": "tcp_iface: ^lo"]
        ),
        DiagnosticPage(
            .identityUnreadable,
            "the identity file cannot be used",
            meaning: """
                The private key named for SSH is missing, may not be read, or is no private key. Looked at before any \
                connection is made, since the servers would only say that permission was denied.
                """,
            fix: "Name the private key, the file without `.pub`, or remove `identity` to use the agent and ssh_config.",
            edits: ["ssh: {user: root}": "ssh: {user: root, identity: ~/.ssh/no-such-key}"]
        ),
        DiagnosticPage(
            .undefinedSecret,
            "an argument refers to a secret that is not defined",
            meaning: """
                `{secret: NAME}` takes its value from the entry NAME of `secrets`, and there is none. The launch script \
                would stop on the node, where the variable is not set.
                """,
            fix: "Add the entry, for example `secrets: {NAME: {env: NAME}}`, or correct the name.",
            edits: ["args: {trust-remote-code: true}": "args: {api-key: {secret: API_KEY}}"]
        ),
        DiagnosticPage(
            .secretUnavailable,
            "a secret cannot be read here",
            meaning: """
                The variable is not set or the file cannot be read on the machine muster runs on. Looking at the file, \
                planning and rendering need no secret, so this is a warning; `up` needs it and stops without it.
                """,
            fix: "Export the variable or write the file before `muster up`.",
            edits: ["env: {NCCL_DEBUG: INFO}": "secrets: {HF_TOKEN: {env: HF_TOKEN}}"]
        ),
        DiagnosticPage(
            .duplicateArgument,
            "one flag is given twice",
            meaning: """
                `-` and `_` are the same in the name of a flag, and a flag may have several names, one that switches it \
                off among them, so the two lines are one flag with two values. The parser of the engine would keep the \
                last without a word.
                """,
            fix: "Remove one of the two.",
            edits: ["args: {trust-remote-code: true}": "args: {trust-remote-code: true, trust_remote_code: false}"]
        ),
        DiagnosticPage(
            .badEnvironmentName,
            "a name cannot be that of an environment variable",
            meaning: """
                A shell can export only names of letters, digits and underscores that do not begin with a digit. Names \
                with dashes are usually flags of the engine that landed in the wrong mapping.
                """,
            fix: "Correct the name, or move the line to `args`.",
            edits: ["env: {NCCL_DEBUG: INFO}": "env: {nccl-debug: INFO}"]
        ),
    ]
}
