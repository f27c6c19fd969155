extension FailureCatalog {
    static let nccl: [FailureSignature] = [
        .init(
            "nccl-no-socket-iface",
            .nccl,
            .fatal,
            .cause,
            .communicator,
            [
                "Bootstrap : no socket interface found", "Bootstrap : no NCCL_SOCKET_IFNAME interface found",
                "NET/Socket : no interface found", "NET/IB : No IP interface found",
            ],
            means: "No network interface of this node has the name that NCCL was told, or it has no address.",
            fix: "Give this node the name its interface has.",
            key: "tcp_iface"
        ),
        .init(
            "nccl-ifname-silent",
            .nccl,
            .fatal,
            .cause,
            .communicator,
            ["ncclSocketInit: connecting to address *with family # is neither AF_INET"],
            means: "A rank published an empty address, which this NCCL does when its interface does not exist.",
            fix: "Give this node the name its interface has.",
            key: "tcp_iface"
        ),
        .init(
            "nccl-connect-no-route",
            .nccl,
            .fatal,
            .symptom,
            .communicator,
            ["Connect: Connect to ~ returned*No route to host", "Connect: Connect to ~ failed*No route to host"],
            means: "From this node a peer's address cannot be reached.",
            fix: "Use an interface whose network all nodes share, and let all TCP ports through between them.",
            key: "tcp_iface"
        ),
        .init(
            "nccl-connect-aborted",
            .nccl,
            .fatal,
            .symptom,
            .communicator,
            [
                "Connect: Connect to ~ failed*Software caused connection abort",
                "Connect: Connect to ~ failed*Connection refused", "Connect: Connect to ~ failed*Connection timed out",
                "Connect: Connect to ~ returned*Software caused connection abort",
                "Connect: Connect to ~ returned*Connection refused",
                "Connect: Connect to ~ returned*Connection timed out",
            ],
            means:
                "A peer took no connection: it ended first, listens on another network, or a firewall stands between.",
            fix: "Look for a rank that failed before; then compare the interfaces of both nodes.",
            key: "tcp_iface"
        ),
        .init(
            "nccl-connect-retries",
            .nccl,
            .fatal,
            .symptom,
            .communicator,
            [
                "socketStartConnect: exceeded retr", "socketPollConnect: exceeded retr",
                "socketStartConnect: exceeded error retr", "socketPollConnect: exceeded error retr",
                "exceeded error retry count after # attempts",
            ],
            means: "A peer was tried to the limit and never answered.",
            fix: "Look for a rank that failed before; then compare the interfaces of both nodes.",
            key: "tcp_iface"
        ),
        .init(
            "nccl-duplicate-gpu",
            .nccl,
            .fatal,
            .cause,
            .communicator,
            ["Duplicate GPU detected : rank # and rank # both on CUDA device ~"],
            means: "Two ranks sit on one GPU: a node is listed twice, or two share a node rank.",
            fix: "List every host once, and leave CUDA_VISIBLE_DEVICES to muster.",
            key: "nodes"
        ),
        .init(
            "nccl-version-mismatch",
            .nccl,
            .fatal,
            .cause,
            .communicator,
            ["Mismatched NCCL version detected"],
            means: "The ranks do not all run the same NCCL.",
            fix: "Run one image on all nodes, by its digest, and preload no other library.",
            key: "runtime.docker.image"
        ),
        .init(
            "nccl-shm-create",
            .nccl,
            .fatal,
            .cause,
            .communicator,
            [
                "Error while creating shared memory segment", "Error while attaching to shared memory segment",
                "failed to extend /dev/shm/nccl-~ to # bytes", "Call to posix_fallocate failed",
            ],
            means: "NCCL could not make its file in /dev/shm: too small, full of a dead run's files, or not shared.",
            fix:
                "Give the container the host's IPC or tens of gigabytes of shared memory; remove stale nccl-* files.",
            key: "runtime.docker.shm"
        ),
        .init(
            "nccl-net-count-mismatch",
            .nccl,
            .warning,
            .cause,
            .communicator,
            ["Detected mixed local Net device counts across ranks (min #, max #)"],
            means: "Some ranks have fewer network cards than others: a port is down or a card is missing on one node.",
            fix: "Compare the active RDMA ports of the nodes; muster doctor does."
        ),
        .init(
            "nccl-falls-back-to-tcp",
            .nccl,
            .warning,
            .cause,
            .communicator,
            ["NCCL INFO NET/IB : No device found", "NCCL INFO Using network Socket"],
            means: "NCCL has no RDMA port to use and sends everything between nodes over TCP, many times slower.",
            fix: "Check that ports are active and reach the container; NCCL_NET=IB makes this an error.",
            key: "env.NCCL_NET"
        ),
        .init(
            "nccl-gdr-disabled",
            .nccl,
            .warning,
            .cause,
            .communicator,
            ["GPU Direct RDMA Disabled for HCA # '"],
            means: "Data between GPU and network card takes the way through main memory.",
            fix: "Load nvidia-peermem after the RDMA driver, or use the open GPU module with DMA-BUF."
        ),
    ]

    /// How NCCL tells that it gave up.
    static let ncclEnds: [FailureSignature] = [
        .init(
            "nccl-peer-closed",
            .nccl,
            .fatal,
            .victim,
            .any,
            ["socketProgress: Connection closed by remote peer ~"],
            means: "A peer's connection ended while this rank was using it.",
            fix: "Look at the peer that the line names."
        ),
        .init(
            "nccl-remote-error",
            .nccl,
            .fatal,
            .victim,
            .any,
            ["ncclRemoteError", "remote process exited or there was a network error"],
            means: "NCCL lost a peer, because it ended or because the network did.",
            fix: "Look for the rank that failed first; if there is none, at the link counters between the two nodes."
        ),
        .init(
            "nccl-unhandled-system",
            .nccl,
            .fatal,
            .umbrella,
            .communicator,
            ["unhandled system error", "ncclSystemError: System call"],
            means: "A system call failed beneath NCCL; only its warnings tell which.",
            fix: "Set NCCL_DEBUG to INFO and read the NCCL WARN line before this one.",
            key: "env.NCCL_DEBUG"
        ),
        .init(
            "nccl-unhandled-cuda",
            .nccl,
            .fatal,
            .umbrella,
            .communicator,
            ["unhandled cuda error", "ncclUnhandledCudaError"],
            means: "A CUDA call failed beneath NCCL: no memory left, no peer access, or a GPU that had failed before.",
            fix: "Set NCCL_DEBUG to INFO for CUDA's own words, and look at free GPU memory.",
            key: "env.NCCL_DEBUG"
        ),
        .init(
            "nccl-error-1-vllm",
            .nccl,
            .fatal,
            .umbrella,
            .communicator,
            [
                LinePattern("NCCL Error #: ", numbers: [6], role: .victim),
                LinePattern("NCCL Error #: ", excluding: [6]),
            ],
            means:
                "vLLM passes a failure of NCCL on by number: 1 CUDA, 2 system, 3 internal, 5 wrong use, 6 lost peer.",
            fix: "Set NCCL_DEBUG to INFO and read the NCCL WARN line before this one.",
            key: "env.NCCL_DEBUG"
        ),
        .init(
            "nccl-internal",
            .nccl,
            .fatal,
            .umbrella,
            .communicator,
            ["ncclInternalError", "NCCL error: internal error"],
            means: "NCCL met a state it does not expect, often because nodes differ or a peer had failed.",
            fix: "Compare interface, RDMA devices and NCCL version of all nodes.",
            key: "tcp_iface"
        ),
    ]
}
