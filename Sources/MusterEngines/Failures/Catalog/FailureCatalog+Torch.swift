extension FailureCatalog {
    static let torch: [FailureSignature] = [
        .init(
            "torch-watchdog-timeout",
            .torch,
            .fatal,
            .symptom,
            .any,
            ["Watchdog caught collective operation timeout: WorkNCCL(SeqNum=#, OpType=~"],
            means: "A collective never ended: a rank hangs, is gone, or took another way than the rest.",
            fix: "Look at the rank that had finished the fewest operations; muster logs shows each rank's last."
        ),
        .init(
            "torch-nccl-ops-failed",
            .torch,
            .fatal,
            .victim,
            .any,
            ["Some NCCL operations have failed or timed out"],
            means: "PyTorch ends the process because a collective before had failed.",
            fix: "Look at the line before, and at the rank that failed first."
        ),
        .init(
            "torch-heartbeat",
            .torch,
            .warning,
            .victim,
            .any,
            ["HeartbeatMonitor", "heartbeatMonitor()"],
            means: "PyTorch's watch over NCCL lost what it watches, most often because rank 0 ended.",
            fix: "Look for the rank that failed first."
        ),
        .init(
            "torch-tcpstore-client-timeout",
            .torch,
            .fatal,
            .symptom,
            .bootstrap,
            [
                "lient socket has timed out after #ms while trying to connect to (~",
                "lient socket has timed out after #s while trying to connect to (~",
            ],
            means: "This node never reached the address where the ranks meet.",
            fix: "Check that node rank 0 runs, that the address is its own on the shared network, and the firewall.",
            key: "master_ip"
        ),
        .init(
            "torch-tcpstore-connect",
            .torch,
            .warning,
            .symptom,
            .bootstrap,
            ["The client socket has failed to connect to ~"],
            means: "One try to reach the meeting point failed; others may follow.",
            fix: "If it never succeeds: give the meeting point as an IP address that all nodes can reach.",
            key: "master_ip"
        ),
        .init(
            "torch-store-clients-missing",
            .torch,
            .fatal,
            .symptom,
            .bootstrap,
            ["Timed out after # seconds waiting for clients. #/# clients joined"],
            means: "Not every rank came to the meeting point in time.",
            fix: "Find the node that is missing: it failed before, started late, or cannot reach node rank 0.",
            key: "nodes"
        ),
        .init(
            "torch-store-wait-timeout",
            .torch,
            .fatal,
            .symptom,
            .bootstrap,
            ["DistStoreError: wait timeout after #ms, keys: ~"],
            means: "A rank waited for another that had met it and then never went on.",
            fix: "Look for the rank that failed or stood still before."
        ),
        .init(
            "torch-store-lost",
            .torch,
            .warning,
            .victim,
            .any,
            [
                "TCPStore.cpp:#]*recvValue failed", "TCPStore.cpp:#]*sendBytes failed",
                "TCPStore.cpp:#]*failed to recv, got 0 bytes", "DistNetworkError: failed to recv, got 0 bytes",
            ],
            means: "The process that keeps the ranks' shared store, rank 0, is gone.",
            fix: "Look at rank 0."
        ),
        .init(
            "torch-listen-eaddrinuse",
            .torch,
            .fatal,
            .cause,
            .bootstrap,
            ["The server socket has failed to listen on any local network address", "EADDRINUSE"],
            means: "The port on which the ranks are to meet is taken on node rank 0.",
            fix: "End what is left of the last run there, or choose another port.",
            key: "ports.rendezvous"
        ),
        .init(
            "torch-listen-permission",
            .torch,
            .fatal,
            .cause,
            .bootstrap,
            ["failed to bind to ~ (errno: 13 - Permission denied)"],
            means: "Only root may listen on so low a port.",
            fix: "Choose a port from 1024 up.",
            key: "ports.rendezvous"
        ),
    ]

    static let gloo: [FailureSignature] = [
        .init(
            "gloo-connect-fullmesh",
            .torch,
            .fatal,
            .symptom,
            .bootstrap,
            ["Gloo connectFullMesh failed"],
            means: "The ranks' CPU side found no way to each other, mostly because a node uses the wrong interface.",
            fix: "Name the interface that carries the nodes' shared network.",
            key: "tcp_iface"
        ),
        .init(
            "gloo-loopback",
            .torch,
            .warning,
            .cause,
            .bootstrap,
            ["Unable to resolve hostname to a (local) address. Using the loopback address"],
            means: "A node's own name leads nowhere, so Gloo took 127.0.0.1, which no other node can reach.",
            fix: "Name the interface that carries the nodes' shared network.",
            key: "tcp_iface"
        ),
        .init(
            "gloo-peer-closed",
            .torch,
            .fatal,
            .victim,
            .any,
            [
                "gloo/transport/tcp/pair.cc:#] Connection closed by peer", "gloo/transport/tcp/pair.cc:#] Read error",
                "gloo/transport/tcp/pair.cc:#] Connection reset",
            ],
            means: "A peer's process ended while this one was talking to it.",
            fix: "Look for the rank that failed first; if no log shows one, at the node whose address is named."
        ),
        .init(
            "gloo-recv-timeout",
            .torch,
            .fatal,
            .symptom,
            .any,
            [
                "gloo/transport/tcp/unbound_buffer.cc:#] Timed out waiting #ms for recv operation",
                "gloo/transport/tcp/unbound_buffer.cc:#] Timed out waiting #ms for send operation",
            ],
            means: "A rank waited for a peer as long as it may; the peer stands still, or is out of step.",
            fix: "Find the rank that stands still, on the node that wrote nothing for that long."
        ),
    ]
}
