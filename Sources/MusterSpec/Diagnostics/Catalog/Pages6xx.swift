extension DiagnosticCatalog {
    /// A deployment on its way up, up, or on its way down.
    static let operationPages: [DiagnosticPage] = [
        DiagnosticPage(
            .unitEnded,
            "a unit ended by itself",
            meaning: """
                The launcher on one node exited while the deployment should run. A gang fails as one, since no rank can \
                join a world that has already formed: the others would wait in a collective until it times out, and were \
                stopped. The exit status says little, because an engine may end with 0 after a worker died; the first \
                error in the log of the unit that ended first is what to read.
                """,
            fix: "Read the log lines shown with the message; the earliest error over all nodes is the cause.",
            message: "node rank 2 (gpu-3) ended with status 137 while loading weights",
            next: "muster logs CLUSTER_FILE --node-rank 2"
        ),
        DiagnosticPage(
            .startupTimedOut,
            "the start took longer than allowed",
            meaning: """
                The deployment was not ready within `health: {startup_timeout: ...}`. The message names the phase each \
                rank has reached, and the ones that are behind are where to look: ranks that still wait for the rendezvous \
                point at the network, ranks that read weights point at the disk.
                """,
            fix: """
                Raise the limit when all ranks make progress; page caches that are cold can make the first load much \
                longer than the second.
                """,
            message: "not ready after 40m: 31 of 32 ranks connected, rank 17 (gpu-3) waits for the rendezvous",
            next: "muster status CLUSTER_FILE"
        ),
        DiagnosticPage(
            .leftovers,
            "something of a unit is left",
            meaning: """
                A stop ends in SIGKILL and then looks: processes gone, ports closed, GPU memory back. Something is still \
                there, and it is named. The next start on the same GPUs would fail for lack of memory or on a port in \
                use. A process that cannot be killed waits in the kernel, usually for a device or a network file system.
                """,
            fix: "Run `down` again; a process that stays in state D needs the node's administrator.",
            message: "gpu-3: left 4711 sglang::scheduler_TP17, 44 GiB of GPU memory",
            next: "muster down CLUSTER_FILE"
        ),
        DiagnosticPage(
            .anotherPlanRuns,
            "another plan of this deployment runs",
            meaning: """
                The nodes run the deployment from another version of the file: the hash of what runs is not that of this \
                plan. Ranks of two plans must not be mixed, and nothing running is stopped without being asked for.
                """,
            fix: "Use the file it was started from, or stop it first and start it anew.",
            message: "demo runs with plan 1f0c3b9d2a77, and this file gives 8e55a0c41b02",
            next: "muster plan CLUSTER_FILE"
        ),
        DiagnosticPage(
            .notRunning,
            "the deployment does not run",
            meaning: """
                No node of the file has a live unit of this deployment. It was never started, has been stopped, or was \
                started from a file with another name or other nodes.
                """,
            fix: "Check the `name` and the nodes of the file, and start it.",
            message: "demo does not run on any of its 4 nodes",
            next: "muster up CLUSTER_FILE"
        ),
        DiagnosticPage(
            .workerGone,
            "a GPU worker is gone while its launcher lives",
            meaning: """
                The process of one rank has disappeared, and the launcher that started it goes on. Engines notice that \
                late or never: after a follower's worker has died, node rank 0 keeps answering `/health` with 200, and \
                requests hang. muster takes it for the end of the unit.
                """,
            fix: "Look for the kernel's out-of-memory killer and for Xid lines of the driver on that node.",
            message: "rank 17 (gpu-3): its worker is gone, the launcher still runs",
            next: "ssh gpu-3 'dmesg -T | tail -50'"
        ),
        DiagnosticPage(
            .interrupted,
            "the command was interrupted",
            meaning: """
                The command was ended from outside before it had seen the result. What it started goes on: units do not \
                depend on it, and nothing is stopped by leaving.
                """,
            fix: "Ask for the state, and go on from there.",
            message: "interrupted while waiting for demo; its units go on",
            next: "muster status CLUSTER_FILE"
        ),
        DiagnosticPage(
            .unhealthy,
            "the gang runs, but does not serve",
            meaning: """
                Every process is there and the node answers, but HTTP gives bad answers three times in a row, or one token \
                is not generated within `health: {request_timeout: ...}`, twice. A hang without a death looks like this: a \
                collective that one rank never enters keeps all the others waiting, often for ten minutes, and until then \
                `/health` may go on answering 200.
                """,
            fix: "The gang was restarted; what the ranks logged before that says who fell behind.",
            message: "the gang runs, but generates nothing: no answer within 60s",
            next: "muster logs CLUSTER_FILE"
        ),
        DiagnosticPage(
            .startStalled,
            "a phase of the start stands still",
            meaning: """
                The named ranks have stood still: no line of theirs, no more GPU memory, nothing read. That may last for \
                three times what the whole phase took in the last good start of this deployment, and for 3 minutes at \
                least, or 10 from loaded weights to the last graph, where engines work in silence. Where no start was \
                good yet, it may last for a quarter of `health: {startup_timeout: ...}`, there for half of it, and for \
                10 minutes at least.
                """,
            fix: "Ranks that wait for the rendezvous point at the network, ranks that read weights at the file system.",
            message: "ranks 17-18 on gpu-3 made no progress in phase weights for 11m 00s: the limit is 11m 00s",
            next: "muster status CLUSTER_FILE"
        ),
        DiagnosticPage(
            .nodeLost,
            "a node is lost, and the gang is of no use without it",
            meaning: """
                Nothing was heard of a node for `health: {lost_after: ...}`. That alone proves nothing, so one token was \
                asked for, which takes every rank: it did not come. Where a spare is free it takes the node's place; \
                otherwise the node is waited for, and what it may still run is stopped when it answers again.
                """,
            fix: "Look after the node's power and its network; `spares` in the file saves the wait.",
            message: "gpu-3 is lost, and without it nothing is generated: no answer within 60s",
            next: "muster events CLUSTER_FILE"
        ),
        DiagnosticPage(
            .memoryHeld,
            "memory of a GPU does not come back",
            meaning: """
                Before every launch the memory in use is measured and compared with what it was before the first one. A \
                launch on top of what is still held would fail minutes later for lack of memory, so it waits, two minutes \
                at most. The message names the process, which is not stopped unless it is provably of this deployment.
                """,
            fix: "Stop the process that is named, or free the GPU in another way; then bring the deployment up again.",
            message: "GPU 3 on gpu-2 has 40211 MiB in use, 12 before the first launch; pid 4711 (python3) holds some",
            next: "muster exec CLUSTER_FILE -- nvidia-smi"
        ),
        DiagnosticPage(
            .gaveUp,
            "no further restart is tried",
            meaning: """
                Restarts are bounded: by `restart: {max_attempts: ..., window: ...}`, and by reason, since the same first \
                cause three times in a row with no start coming further than the one before will not go away by trying. \
                The deployment stays down, its evidence is kept, and nothing is launched until a person asks for it.
                """,
            fix: "Remove the first cause that is named, then bring the deployment up; that also clears the count.",
            message: "gave up: 5 of 5 restarts within 1h are used up",
            next: "muster up CLUSTER_FILE"
        ),
    ]
}
