extension DiagnosticCatalog {
    /// What `doctor` finds about a host and its software.
    static let hostPages: [DiagnosticPage] = [
        DiagnosticPage(
            .lockedMemoryLimited,
            "too little memory may be locked for RDMA",
            meaning: """
                RDMA registers its buffers in memory that must stay where it is, and the session that starts units \
                may lock little. The registration fails with ENOMEM when the ranks connect. Limits are those of this \
                kind of session: what an interactive shell shows may be another.
                """,
            fix: "Raise memlock for logins and for the service that starts them, then log in anew.",
            message: "gpu-3: memlock: too little memory may be locked for RDMA",
            next: "ssh gpu-3 'ulimit -l'"
        ),
        DiagnosticPage(
            .openFilesLow,
            "few files may be open at once",
            meaning: """
                Engines hold a file or socket for each request, peer and shard, and raise their own limit as far as \
                the hard limit lets them. A low one fails under load, long after the start.
                """,
            fix: "Raise nofile for logins, then log in anew.",
            message: "gpu-3: nofile: few files may be open at once",
            next: "ssh gpu-3 'ulimit -Hn'"
        ),
        DiagnosticPage(
            .sharedMemorySmall,
            "little shared memory is left",
            meaning: """
                Ranks of one node exchange data in /dev/shm. Docker gives a container 64 MiB, and segments of \
                processes that were killed stay until they are removed. NCCL then fails to create its own, with a \
                message about no space left on device.
                """,
            fix: "Make /dev/shm larger, give the container `shm`, or remove what dead processes left.",
            message: "gpu-3: /dev/shm: little shared memory is left for ranks to meet in",
            next: "ssh gpu-3 'df -h /dev/shm; ls -l /dev/shm | head'"
        ),
        DiagnosticPage(
            .diskNearlyFull,
            "a disk that a launch writes to is nearly full",
            meaning: """
                Scripts, records and logs of a launch go below `state_dir`, compile caches below the home directory \
                and /tmp. An engine that cannot write its caches fails in the middle of its start.
                """,
            fix: "Make room, or move `state_dir` to another disk.",
            message: "gpu-3: /: a disk that the launch writes to is nearly full",
            next: "ssh gpu-3 'df -h; du -xh / | sort -h | tail'"
        ),
        DiagnosticPage(
            .clockOff,
            "the clock of a node is wrong",
            meaning: """
                Logs of several nodes are put in one order by their clocks, and certificates and tokens are valid by \
                them. The clock is compared with the middle of all nodes, where there are at least three, and else \
                with this machine's. More than a second is a warning, more than a minute an error.
                """,
            fix: "Switch time synchronisation on.",
            message: "gpu-3: clock: the clock is wrong",
            next: "ssh gpu-3 'timedatectl; chronyc tracking'"
        ),
        DiagnosticPage(
            .engineLeftOver,
            "processes of an engine run that belong to no deployment",
            meaning: """
                Workers of an earlier launch, or of one that was not muster's, are still there. They hold GPU \
                memory, ports and host memory; what follows from that is told below it. muster ends only what \
                carries its own mark, so somebody else has to end these.
                """,
            fix: "Look who started them, then end them.",
            message: "gpu-3: engine processes: processes of an engine run that belong to no deployment",
            next: #"ssh gpu-3 'pgrep -af "sglang|vllm"'"#
        ),
        DiagnosticPage(
            .engineMissing,
            "the engine is not there",
            meaning: """
                The program that starts the engine is not on the PATH of a non-login shell, or the interpreter that \
                would run it has no such package. Shells that a person logs in with often have a longer PATH, or an \
                environment that is switched on by their profile.
                """,
            fix: "Name the program in full in `engine.executable`, or install the engine for it.",
            message: "gpu-3: sglang: the engine is not installed for the interpreter that would run it",
            next: "ssh gpu-3 'command -v python3; python3 -m pip show sglang'"
        ),
        DiagnosticPage(
            .engineVersionDiffers,
            "the engine is of another release than the file says",
            meaning: """
                muster's rules, flags and environment depend on the release that `engine.version` names, and the \
                node has another. Where all nodes have the same other one, it is the file that is wrong. A build \
                from source has a number of its own and is a warning.
                """,
            fix: "Correct `engine.version`, or install the release it names.",
            message: "gpu-3: sglang: the engine is of another release than the file says",
            next: "ssh gpu-3 'python3 -m pip show sglang'"
        ),
        DiagnosticPage(
            .engineRefusesFlags,
            "the engine refuses its command line",
            meaning: """
                The argument parser of the engine on the node was given the unit's arguments and did not take them. \
                Flags come and go between releases. The launch would end in its first seconds, on every node.
                """,
            fix: "Remove or correct the flag in `args`.",
            message: "gpu-3: args.disable-x: the engine on the node refuses its command line",
            next: "muster render CLUSTER_FILE"
        ),
    ]
}
