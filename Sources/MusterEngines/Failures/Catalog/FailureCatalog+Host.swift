extension FailureCatalog {
    static let host: [FailureSignature] = [
        .init(
            "http-port-in-use",
            .host,
            .fatal,
            .cause,
            .serving,
            ["[Errno 98] Address already in use", "[Errno 98] error while attempting to bind on address"],
            means: "The port of the HTTP API is taken on this node.",
            fix: "End the server that has it, or choose another port.",
            key: "ports.http"
        ),
        .init(
            "conn-no-route",
            .host,
            .fatal,
            .symptom,
            .any,
            ["[Errno 113] No route to host"],
            means: "An address cannot be reached from this node, or a firewall answers for it.",
            fix: "Check that address and the firewall of the node that has it.",
            key: "master_ip"
        ),
        .init(
            "conn-refused",
            .host,
            .warning,
            .symptom,
            .any,
            ["[Errno 111] Connection refused", "ConnectionRefusedError"],
            means: "Nobody listens at an address yet.",
            fix: "Nothing, unless it goes on until the start is given up."
        ),
        .init(
            "host-enomem",
            .host,
            .fatal,
            .cause,
            .load,
            ["OSError: [Errno 12] Cannot allocate memory"],
            means: "The node gave a process no more main memory.",
            fix: "Look at free memory, overcommit, and the container's limit.",
            key: "runtime.docker"
        ),
        .init(
            "disk-full",
            .host,
            .fatal,
            .cause,
            .any,
            ["No space left on device"],
            means: "A file system of the node is full; the line or the one before names a path on it.",
            fix: "Make room there: root, model, caches, Docker's folder or /dev/shm.",
            key: "runtime.docker.shm"
        ),
        .init(
            "too-many-open-files",
            .host,
            .fatal,
            .cause,
            .serving,
            ["Too many open files"],
            means: "The process has as many open files and connections as it may have.",
            fix: "Raise the nofile limit of the SSH user or the container to 65535 or more.",
            key: "runtime.docker"
        ),
        .init(
            "bus-error",
            .host,
            .fatal,
            .cause,
            .any,
            ["Fatal Python error: Bus error", "Bus error (core dumped)", "SIGBUS"],
            means: "A page of a mapped file was not there: /dev/shm is full, or a shard is shorter than it says.",
            fix: "Give the container more shared memory; then check the shards.",
            key: "runtime.docker.shm"
        ),
        .init(
            "segfault",
            .host,
            .fatal,
            .cause,
            .any,
            ["Fatal Python error: Segmentation fault", "Caught signal 11 (Segmentation fault"],
            means: "Native code of a rank crashed.",
            fix: "Keep the stack that follows, and try another release.",
            key: "engine.version"
        ),
        .init(
            "leaked-shared-memory",
            .host,
            .harmless,
            .cause,
            .shutdown,
            [
                "There appear to be # leaked shared_memory objects", "There appear to be # leaked semaphore objects",
            ],
            means: "Python tidies up after a process that ended early.",
            fix: "Nothing; the reason stands before."
        ),
        .init(
            "process-killed",
            .host,
            .fatal,
            .umbrella,
            .any,
            [],
            means: "A process was ended by SIGKILL without a word of its own.",
            fix: "Read that node's kernel log for the out-of-memory killer, and ask who else works there."
        ),
        .init(
            "process-exited",
            .host,
            .fatal,
            .umbrella,
            .any,
            [],
            means: "A process ended by itself, and its log holds no message that muster knows.",
            fix: "Read the last lines of its log."
        ),
        .init(
            "unit-vanished",
            .host,
            .fatal,
            .umbrella,
            .any,
            [],
            means:
                "All processes of a unit are gone at once, and nobody was left to record how: its node started anew or "
                + "lost power, or somebody ended them all.",
            fix: "Ask the node how long it is up, and read its journal from before; ask who else works there.",
            key: "nodes"
        ),
    ]
}
