extension DiagnosticCatalog {
    /// Asking a daemon.
    static let daemonPages: [DiagnosticPage] = [
        DiagnosticPage(
            .daemonUnreachable,
            "the daemon cannot be reached",
            meaning: """
                There is a socket of musterd, or `MUSTERD_SOCKET` names one, and nobody who listens there answers within \
                two seconds: the daemon was killed, hangs, or is a different program. A deployment that it kept runs on, \
                since units do not depend on it, but nothing restarts what fails. Without `--daemon` and `MUSTERD_SOCKET` \
                most commands then work from here, and say so.
                """,
            fix: "Start the daemon again, or use `--foreground`; `systemctl status musterd` says why it went away.",
            message: "nobody listens at `/run/musterd/musterd.sock`: the daemon is gone",
            next: "systemctl restart musterd"
        ),
        DiagnosticPage(
            .daemonOfAnotherRelease,
            "the daemon is of another release",
            meaning: """
                muster and musterd were built from different releases. They speak the same API and mostly understand each \
                other, so it is only a warning; it is an error when what answers cannot be understood at all. An upgrade \
                replaces the files at once, while the daemon goes on as it was started until somebody restarts it.
                """,
            fix: "Restart the older one of the two; what runs on the nodes stays, and is taken over.",
            message: "musterd is 0.1.0, and this is muster 0.2.0",
            next: "systemctl restart musterd"
        ),
        DiagnosticPage(
            .daemonRefuses,
            "the daemon does not answer this user",
            meaning: """
                The API takes requests from the user that musterd runs as and from root, and the kernel says who asks. \
                Whoever may ask can have any command run on the nodes, so there is no reading for others either.
                """,
            fix: "Run the command as the daemon's user or as root, or run a daemon of your own for your deployments.",
            message: "the daemon at `/run/musterd/musterd.sock` belongs to another user",
            next: "sudo -u musterd muster list"
        ),
        DiagnosticPage(
            .noDaemon,
            "there is no daemon",
            meaning: """
                The command needs a daemon: `up --detach` leaves the work to it, and only it has events, pauses, drained \
                nodes and names without files. No socket was found where one is looked for: at `MUSTERD_SOCKET`, at \
                `/run/musterd/musterd.sock`, and below `~/.local/state/musterd` for a user's own.
                """,
            fix: "Start one with `musterd`, as a service or in a terminal of its own, and give the command again.",
            message: "there is no musterd to leave `demo` to",
            next: "musterd"
        ),
        DiagnosticPage(
            .requestRefused,
            "the daemon did not do what it was asked",
            meaning: """
                The daemon answers and says no, for a reason that no other code names: a node or a rank that the \
                deployment does not have, a request that makes no sense in this state, a database without space. The \
                message has the reason. Nothing was changed.
                """,
            fix: "Do what the hint says; `muster list` and `muster nodes` show what the daemon knows.",
            message: "no deployment has a node `gpu-7`",
            next: "muster nodes"
        ),
    ]
}
