extension DiagnosticCatalog {
    /// Working on a node that was reached.
    static let nodePages: [DiagnosticPage] = [
        DiagnosticPage(
            .diskFull,
            "the disk of a node is full",
            meaning: """
                The file system of state_dir has no room for the launch script and its records. Run directories are \
                written whole or not at all, so nothing half-written was left. Logs of earlier launches are the usual \
                cause, and model downloads into the same file system.
                """,
            fix: "Make room, or set `state_dir` to a directory on another disk of that node.",
            message: "gpu-3: no space left below ~/.muster",
            next: "ssh gpu-3 'df -h ~/.muster; du -sh ~/.muster/*'"
        ),
        DiagnosticPage(
            .readOnly,
            "the state directory of a node cannot be written",
            meaning: """
                The file system is mounted read-only, which Linux does by itself after disk errors, or the directory \
                belongs to somebody else. muster needs one writable directory on each node and no root.
                """,
            fix: "Set `state_dir` to a directory the SSH user may write to; look for disk errors in the kernel log.",
            message: "gpu-3: ~/.muster cannot be written: read-only file system",
            next: "ssh gpu-3 'touch ~/.muster/probe; mount | grep \" / \"'"
        ),
        DiagnosticPage(
            .noSessionTool,
            "a node has nothing that starts a new session",
            meaning: """
                A unit must outlive the connection that started it, so it gets a session of its own. That takes `setsid`, \
                or else busybox, python3 or perl on the PATH of a non-login shell, and this node has none of them.
                """,
            fix: "Install util-linux, which brings `setsid`.",
            message: "gpu-3: no setsid, busybox, python3 or perl on the PATH",
            next: "ssh gpu-3 'command -v setsid busybox python3 perl; echo $PATH'"
        ),
        DiagnosticPage(
            .locked,
            "somebody else works on the deployment",
            meaning: """
                Another muster holds the deployment's lock on this node; the message names its user and machine. Two that \
                start and stop the same units would undo each other's work. The lock goes with its owner: when that \
                process ends or loses the node for 15 seconds, it is free again.
                """,
            fix: "Wait for the other one, or end it.",
            message: "gpu-3: demo is locked by ada@build-1:4711",
            next: "muster status CLUSTER_FILE"
        ),
        DiagnosticPage(
            .staleGeneration,
            "a node has seen a later launch than this one",
            meaning: """
                Every launch of a deployment raises its generation, and nodes refuse an older one. This muster planned \
                from what it saw before somebody else launched; going on would put ranks of two launches together.
                """,
            fix: "Look at what runs now, and start again from there.",
            message: "gpu-3: generation 4 is refused: the node has seen 5",
            next: "muster status CLUSTER_FILE"
        ),
        DiagnosticPage(
            .nodeScriptFailed,
            "the script on a node failed",
            meaning: """
                The script that works on the node's side said that it could not do what was asked, or ended without a \
                last word. The message holds its own text. A login shell that prints or exits by itself and a full \
                process table are the known causes.
                """,
            fix: "Read the text, mend the node, and run the command again: every step may be repeated.",
            message: "gpu-3: start failed: io: cannot fork",
            next: "ssh gpu-3 'echo ok; ulimit -u; uptime'"
        ),
    ]
}
