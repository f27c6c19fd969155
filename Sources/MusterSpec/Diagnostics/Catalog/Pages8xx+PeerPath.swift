extension DiagnosticCatalog {
    /// What `doctor` finds about RDMA cards and their ports.
    static let peerPathPages: [DiagnosticPage] = [
        DiagnosticPage(
            .noGPUDirect,
            "cards cannot reach GPU memory by themselves",
            meaning: """
                GPUDirect RDMA needs the module nvidia-peermem, or DMA-BUF, which comes with the open kernel modules \
                and Linux 5.12. Without it every byte is copied through host memory, at a fraction of the speed. It \
                is an error where other nodes have it, since the slowest sets the pace. That a way is there does not \
                prove that it is used: NCCL says that in its log.
                """,
            fix: "Load nvidia-peermem now and at every start, or install the open kernel modules.",
            message: "gpu-3: NICs cannot reach GPU memory by themselves",
            next: "ssh gpu-3 'modprobe nvidia-peermem; lsmod | grep peermem'"
        ),
        DiagnosticPage(
            .accessControlRedirects,
            "transfers between devices make a detour through the CPU",
            meaning: """
                Access control services of PCIe bridges send transfers between GPUs and cards up to the processor \
                and down again. It halves the bandwidth and can hang peer-to-peer traffic. Only bridges above GPUs \
                and RDMA cards are looked at, and only root can see them. In a virtual machine it has to stay on.
                """,
            fix: "Switch ACS off in the firmware setup, or with setpci after each start.",
            message: "gpu-3: PCIe bridges: transfers between GPUs and NICs make a detour through the CPU",
            next: #"ssh gpu-3 'lspci -vvv | grep -B40 ACSCtl | grep -E "^[0-9a-f]|ACSCtl"'"#
        ),
        DiagnosticPage(
            .iommuTranslates,
            "the IOMMU translates transfers between devices",
            meaning: """
                The kernel was started with the IOMMU on and without passing transfers through. Translation costs \
                bandwidth between GPUs and cards, and some drivers do not do it for peer-to-peer traffic at all.
                """,
            fix: "Add `iommu=pt` to the kernel's command line and restart the machine.",
            message: "gpu-3: IOMMU: the IOMMU translates transfers between GPUs and NICs",
            next: "ssh gpu-3 'cat /proc/cmdline'"
        ),
        DiagnosticPage(
            .linkLayersMixed,
            "ports of RoCE and InfiniBand are mixed",
            meaning: """
                NCCL uses ports of one kind, and here ports of both are selected, on one node or between nodes. \
                Which kind it takes then depends on the order of devices, and two nodes may decide differently.
                """,
            fix: "Name the devices of one kind in `rdma_hcas`.",
            message: "gpu-3: link layers: RoCE and InfiniBand ports are used together",
            next: "ssh gpu-3 'grep . /sys/class/infiniband/*/ports/*/link_layer'"
        ),
        DiagnosticPage(
            .nicWithoutDriver,
            "a card is on the PCI bus and no RDMA device",
            meaning: """
                A network card of NVIDIA or Mellanox is on the bus, and the RDMA stack does not know it. The driver \
                is missing for this kernel, or only its Ethernet half is loaded. Such a card is missing from \
                `nvidia-smi topo -m`, too, so nothing else shows that it is there.
                """,
            fix: "Install the driver for the running kernel, and load mlx5_ib.",
            message: "gpu-3: NIC at 0000:9c:00.0: a card is on the PCI bus and no RDMA device",
            next: "ssh gpu-3 'lspci -k -d 15b3:; modprobe mlx5_ib; dmesg | tail'"
        ),
        DiagnosticPage(
            .rdmaSwitchedOff,
            "the file asks for RDMA and switches it off",
            meaning: """
                `rdma_gid_index` or `rdma_hcas` ask for RDMA, and `NCCL_IB_DISABLE` or `NCCL_NET=Socket` in `env` \
                keep NCCL from it. The launch would run over TCP, at a tenth of the speed, without a message. The \
                variable is often left over from a search for another fault.
                """,
            fix: "Remove the variable, or the RDMA keys.",
            message: "gpu-1, gpu-2: NCCL_IB_DISABLE: the file asks for RDMA and switches it off",
            next: "muster doctor CLUSTER_FILE --fix"
        ),
        DiagnosticPage(
            .roceMTUSmall,
            "the RoCE packets are small",
            meaning: """
                The RDMA MTU is the largest power of two below that of the interface: 1500 gives packets of 1024 \
                bytes, 4200 and more give 4096. Bigger packets gain about 5 %. Interface and switch have to agree on \
                all nodes.
                """,
            fix: "Set MTU 9000 on the interfaces of all nodes and on their switch ports.",
            message: "gpu-1, gpu-2: 2 of 2 RDMA ports: the RoCE packets are small",
            next: "ssh gpu-1 'ip link set dev ens1np0 mtu 9000'"
        ),
        DiagnosticPage(
            .verbsMissing,
            "programs cannot use the RDMA devices",
            meaning: """
                The kernel has RDMA devices with traffic, and programs do not get at them: the files in \
                /dev/infiniband are missing, or the library libibverbs is. NCCL then finds no device and takes TCP, \
                without a word, at a tenth of the speed. In a container the files have to be handed on.
                """,
            fix: "Load ib_uverbs, hand /dev/infiniband on, or install rdma-core.",
            message: "gpu-3: /dev/infiniband: programs cannot use the RDMA devices",
            next: "ssh gpu-3 'ls /dev/infiniband; ldconfig -p | grep ibverbs'"
        ),
    ]
}
