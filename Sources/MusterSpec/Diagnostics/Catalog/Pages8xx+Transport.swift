extension DiagnosticCatalog {
    /// What is proven about the way between ranks once they run.
    static let transportPages: [DiagnosticPage] = [
        DiagnosticPage(
            .trafficOverSockets,
            "traffic between nodes runs over TCP",
            meaning: """
                The ranks say in their logs that NCCL took sockets, or the counters of the ports show that next to \
                nothing went out by RDMA. NCCL falls back to TCP without a word when it finds no usable RDMA device, \
                and everything works, at a fraction of the speed. Where nodes have ports that are ACTIVE it is an \
                error; where nobody looked for ports it is a warning.
                """,
            fix: """
                Run `muster doctor`, which finds why NCCL cannot use the ports. With `NCCL_NET: IB` in `env`, a launch \
                fails where it would otherwise fall back.
                """,
            message: "gpu-3: traffic between nodes runs over TCP",
            next: "muster doctor cluster.yaml"
        ),
        DiagnosticPage(
            .gpuDirectUnused,
            "ranks send by RDMA without GPUDirect",
            meaning: """
                The channels of these ranks go over RDMA and through host memory: their lines say `via NET/IB/0` \
                without `/GDRDMA`. NCCL leaves GPUDirect RDMA out when neither nvidia-peermem nor DMA-BUF works, and \
                when a card is farther from the GPU than one host bridge. It is an error where other ranks have it, \
                since the slowest sets the pace.
                """,
            fix: "Load nvidia-peermem on the node; where it is loaded, look for a card that is far from its GPU.",
            message: "gpu-3: 8 of 8 ranks send by RDMA without GPUDirect",
            next: "ssh gpu-3 'lsmod | grep peermem; nvidia-smi topo -m'"
        ),
        DiagnosticPage(
            .hcasUnused,
            "ranks use fewer RDMA devices than there are",
            meaning: """
                Ports that are ACTIVE, and that the file does not leave out, carry no channel of any rank. Each that \
                is missing takes its share of the bandwidth between nodes with it. NCCL drops a port that fails when \
                it is opened, one without a usable GID, and those that `NCCL_IB_HCA` does not name.
                """,
            fix: "Look in the log for `NET/IB : Using`, and run `muster doctor` for the state of the others.",
            message: "gpu-3: mlx5_2, mlx5_4: ranks use fewer RDMA devices than there are",
            next: "muster doctor cluster.yaml"
        ),
    ]
}
