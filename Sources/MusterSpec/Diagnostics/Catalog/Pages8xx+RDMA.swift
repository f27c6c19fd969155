extension DiagnosticCatalog {
    /// What `doctor` finds about RDMA cards and their ports.
    static let fabricPages: [DiagnosticPage] = [
        DiagnosticPage(
            .rdmaPortNotActive,
            "an RDMA port carries no traffic",
            meaning: """
                NCCL leaves out, without a word, every port that is not ACTIVE, and goes on with those that are \
                left, or with TCP. A port in the state Disabled was switched off or never switched on; Polling means \
                no cable, or nobody at its other end; a linked InfiniBand port that stays down lacks a subnet \
                manager. It is told for ports that the file names, that are ACTIVE on other nodes, or whose whole \
                card is dark: a card that runs on one of two ports is left alone.
                """,
            fix: "Switch the port on, or mend the cable; or name in `rdma_hcas` the devices that are meant.",
            message: "gpu-1, gpu-2: 5 of 6 RDMA ports: RDMA ports carry no traffic",
            next: "ssh gpu-1 'rdma link; ip link set dev ens2np0 up'"
        ),
        DiagnosticPage(
            .rdmaDeviceMissing,
            "a node has no RDMA device",
            meaning: """
                The file asks for RDMA, or other nodes have it, and the kernel of this node has no RDMA device. \
                Ranks on it would fall back to TCP or fail, depending on the settings. A missing driver is the usual \
                cause, and then told as such.
                """,
            fix: "Load the driver of the card, or look whether there is one.",
            message: "gpu-3: the node has no RDMA device",
            next: "ssh gpu-3 'lspci -d 15b3:; ls /sys/class/infiniband; modprobe mlx5_ib'"
        ),
        DiagnosticPage(
            .nicLinkNarrow,
            "an RDMA card has less PCIe bandwidth than it can use",
            meaning: """
                The link of the card runs with fewer lanes, or slower, than card and slot can. It is an error where \
                the rest does not carry the rate of its ports: a 200 Gb/s card on eight lanes of Gen4 gives half. \
                The kernel log may name the port that limits it, which is the best sign of a wrong slot.
                """,
            fix: "Move the card to a slot with all lanes, or mend the bifurcation of its slot.",
            message: "gpu-3: mlx5_1: an RDMA card has less PCIe bandwidth than it can use",
            next: #"ssh gpu-3 'dmesg | grep "available PCIe bandwidth"'"#
        ),
        DiagnosticPage(
            .rdmaPortSlow,
            "an RDMA port is slower than its like",
            meaning: """
                The port runs at a lower rate than the same port of the other nodes, which is an error, or than an \
                equal card beside it, which is a warning. A cable or transceiver that fell back to fewer lanes does \
                this. The slowest port sets the pace of every collective.
                """,
            fix: "Replace the cable, and compare speed and FEC of the switch port.",
            message: "gpu-3: mlx5_0 port 1: an RDMA port is slower than its like",
            next: "ssh gpu-3 'cat /sys/class/infiniband/mlx5_0/ports/1/rate; ethtool ens1np0'"
        ),
        DiagnosticPage(
            .nicUnderAnotherSwitch,
            "an RDMA card sits under another PCIe switch than on the other nodes",
            meaning: """
                The nodes of a launch are built alike, and on this one the GPUs nearest to a card are others than on \
                the rest. Traffic of the GPUs that have lost their card takes a detour through the processor or the \
                socket link, and no error ever says so. Nodes are compared with each other, not with an ideal: what \
                all of them share is not told. The addresses of the card and of the slot it belongs in are in the \
                finding.
                """,
            fix: "Move the card to the slot that it has on the other nodes.",
            message: "gpu-3: mlx5_4: an RDMA card sits under another PCIe switch than on the other nodes",
            next: "ssh gpu-3 'nvidia-smi topo -m; readlink -f /sys/class/infiniband/mlx5_4/device'"
        ),
        DiagnosticPage(
            .nicsUnbalanced,
            "some GPUs have no RDMA card near, and others have several",
            meaning: """
                One PCIe switch with GPUs has no card and another has more than one, though there are enough for \
                all. GPUs without a card near send through the processor. Machines with fewer cards than switches \
                are not told of: many are built so.
                """,
            fix: "Move a card to the switch that has none, if the machine has a slot there.",
            message: "gpu-3: RDMA cards: some GPUs have no RDMA card near, and others have several",
            next: "ssh gpu-3 'nvidia-smi topo -m'"
        ),
        DiagnosticPage(
            .gidUnusable,
            "the GID index leads to no address that other nodes can reach",
            meaning: """
                A RoCE port has a table of addresses, and traffic needs the one that is RoCE v2 with an IPv4 \
                address. Tables differ between machines and change with the network configuration, so an index that \
                was right elsewhere may be link-local, RoCE v1 or empty here. The connection then fails after half a \
                minute with error 12, or stays within one switch. NCCL before 2.21 uses index 0 unless it is told.
                """,
            fix: "Write the index that the finding proposes, or give the interface an IPv4 address.",
            message: "gpu-3: mlx5_0 port 1: the GID index leads to no address that other nodes can reach",
            next: "ssh gpu-3 'grep . /sys/class/infiniband/mlx5_0/ports/1/gid_attrs/types/* 2>/dev/null'"
        ),
        DiagnosticPage(
            .gidIndexNotCommon,
            "no GID index is right for all RDMA ports of a node",
            meaning: """
                A process has one `NCCL_IB_GID_INDEX` for all ports, and the tables of the ports that are used have \
                no right entry in common. NCCL 2.21 and later choose for each port when the variable is not set.
                """,
            fix: "Write `rdma_gid_index: auto`, or select devices with equal tables in `rdma_hcas`.",
            message: "gpu-3: GID index: no GID index is right for all RDMA ports of the node",
            next: "muster doctor CLUSTER_FILE --fix"
        ),
        DiagnosticPage(
            .hcaUnknown,
            "the file names an RDMA device that a node does not have",
            meaning: """
                A name in `rdma_hcas` or `NCCL_IB_HCA` matches no device of the node, or matches more than it \
                should. Kernels name devices in the order they find them, so names differ between nodes. Without `=` \
                in front NCCL takes a name for the beginning of names: `mlx5_1` is also `mlx5_10`.
                """,
            fix: "Correct the names, for a node where they differ; use `rdma_hcas`, whose names are whole.",
            message: "gpu-3: mlx5_7: the file names an RDMA device that the node does not have",
            next: "ssh gpu-3 'ls /sys/class/infiniband'"
        ),
    ]
}
