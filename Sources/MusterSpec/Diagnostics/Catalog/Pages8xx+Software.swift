extension DiagnosticCatalog {
    /// What `doctor` finds about a host and its software.
    static let softwarePages: [DiagnosticPage] = [
        DiagnosticPage(
            .modelMissing,
            "the model is not on a node",
            meaning: """
                The directory that `model` names is not there. An engine then takes the path for a name on the hub, \
                and the message is about a repository id. Every node needs the model, also where only the first one \
                serves.
                """,
            fix: "Copy or mount the model, or correct the path.",
            message: "gpu-3: /models/DeepSeek-V3: the model is not there",
            next: "ssh gpu-3 'ls -ld /models /models/*'"
        ),
        DiagnosticPage(
            .hostMemoryLow,
            "a host may not have the memory to load the model",
            meaning: """
                Each rank reads a shard at a time through memory of the host, and less is available than the largest \
                shard for each of them. Loading becomes slow, or the kernel ends a rank.
                """,
            fix: "End what uses the memory, or expect a slow load.",
            message: "gpu-3: memory: the host may not have the memory to load the model",
            next: "ssh gpu-3 'free -g; ps aux --sort -rss | head'"
        ),
        DiagnosticPage(
            .governorPowersave,
            "the processors save power",
            meaning: """
                The frequency governor is powersave. The launch of kernels and small collectives wait for the \
                processor, and a core that has to wake up first costs tokens per second.
                """,
            fix: "Choose the governor performance.",
            message: "gpu-3: CPU governor: the processors save power",
            next: "ssh gpu-3 'cpupower frequency-set -g performance'"
        ),
        DiagnosticPage(
            .numaBalancing,
            "the kernel moves memory between sockets",
            meaning: """
                With automatic NUMA balancing the kernel unmaps pages to see who uses them, and moves them. Ranks \
                that poll memory stall meanwhile. Machines with one socket are not told of.
                """,
            fix: "Switch it off.",
            message: "gpu-3: NUMA balancing: the kernel moves memory between sockets while ranks use it",
            next: "ssh gpu-3 'sysctl kernel.numa_balancing=0'"
        ),
        DiagnosticPage(
            .containerRuntimeMissing,
            "containers cannot be run, or get no GPUs",
            meaning: """
                The file asks for containers, and the program that runs them does not answer or has no runtime that \
                hands GPUs on. The SSH user may lack the right to talk to it.
                """,
            fix: "Install the NVIDIA container toolkit, and let the user run containers.",
            message: "gpu-3: docker: containers get no GPUs",
            next: "ssh gpu-3 'docker info | grep -i runtimes'"
        ),
        DiagnosticPage(
            .imagesDiffer,
            "the image is not the same on all nodes",
            meaning: """
                One name stands for different images on the nodes: a tag was moved between two pulls. Engine, torch \
                and NCCL then differ between ranks, which shows as a hang in the middle of traffic at best.
                """,
            fix: "Pull the image by its digest everywhere.",
            message: "gpu-3: container image: container image differs between the nodes",
            next: "docker image ls --digests"
        ),
        DiagnosticPage(
            .imageMissing,
            "the image is not on a node",
            meaning: """
                The image that the file names was not pulled on this node. A launch pulls it then, while the other \
                nodes wait for this one, and may take longer than `health.startup_timeout`.
                """,
            fix: "Pull the image before the launch.",
            message: "gpu-3: lmsysorg/sglang:v0.5.9: the image is not on the node",
            next: "ssh gpu-3 docker pull lmsysorg/sglang:v0.5.9"
        ),
    ]
}
