import MusterSpec

@testable import MusterDoctor

extension FaultCase {
    private static let everywhere = ["gpu-1", "gpu-2", "gpu-3", "gpu-4"]

    static let fabric: [FaultCase] = [
        FaultCase(
            title: "switched off on one node",
            code: .rdmaPortNotActive,
            subject: "mlx5_1 port 1",
            measured: "mlx5_1 port 1 (ens2np0): DOWN, Disabled",
            change: "`ip link set dev ens2np0 up`"
        ) { $0.machines[2].cards[1].switchOff() },
        FaultCase(
            title: "no cable on one node",
            code: .rdmaPortNotActive,
            subject: "mlx5_1 port 1",
            measured: "DOWN, Polling",
            change: "plug in or replace the cable"
        ) { fleet in
            fleet.machines[2].cards[1].switchOff()
            fleet.machines[2].cards[1].physicalState = "2: Polling"
        },
        FaultCase(
            title: "no subnet manager",
            code: .rdmaPortNotActive,
            nodes: everywhere,
            subject: "2 of 2 RDMA ports",
            measured: "INIT, LinkUp",
            change: "opensm"
        ) { fleet in
            fleet.all { machine in
                for card in machine.cards.indices {
                    (machine.cards[card].state, machine.cards[card].linkLayer) = ("2: INIT", "InfiniBand")
                }
            }
        },
        FaultCase(
            title: "no device at all",
            code: .rdmaDeviceMissing,
            subject: nil,
            measured: "nothing below `/sys/class/infiniband`",
            change: "modprobe mlx5_ib",
            line: 5,
            hides: [.topologyDiffers]
        ) { $0.machines[2].cards = [] },
        FaultCase(
            title: "a cable that fell back",
            code: .rdmaPortSlow,
            subject: "mlx5_0 port 1",
            measured: "25 Gb/s",
            change: "replace the cable"
        ) { $0.machines[2].cards[0].rate = "25 Gb/sec (1X EDR)" },
        FaultCase(
            title: "RoCE v1 everywhere, by the file",
            code: .gidUnusable,
            nodes: everywhere,
            subject: "2 of 2 RDMA ports",
            measured: "index 2 is RoCE v1 on mlx5_0 port 1, mlx5_1 port 1",
            change: "write `rdma_gid_index: 3`",
            line: 5,
            edit: FileEdit(path: ["rdma_gid_index"], value: "3")
        ) { $0.line("rdma_gid_index", "rdma_gid_index: 2") },
        FaultCase(
            title: "RoCE v1 everywhere, by a variable",
            code: .gidUnusable,
            nodes: everywhere,
            subject: "2 of 2 RDMA ports",
            measured: "index 2 is RoCE v1 on mlx5_0 port 1, mlx5_1 port 1",
            change: "write `NCCL_IB_GID_INDEX: 3` in `env`",
            line: 14,
            edit: FileEdit(path: ["env", "NCCL_IB_GID_INDEX"], value: "3")
        ) { fleet in
            fleet.line("rdma_gid_index", "# no index")
            fleet.line("env:", "env: {NCCL_IB_GID_INDEX: 2}")
        },
        FaultCase(
            title: "another table on one node, and the index is a variable",
            code: .gidUnusable,
            subject: "2 of 2 RDMA ports",
            measured: "index 3 is RoCE v1",
            change: "write `NCCL_IB_GID_INDEX: 5` in `env` for this node",
            line: 14,
            edit: FileEdit(path: ["nodes", "2", "env", "NCCL_IB_GID_INDEX"], value: "5")
        ) { fleet in
            fleet.line("rdma_gid_index", "# no index")
            fleet.line("env:", "env: {NCCL_IB_GID_INDEX: 3}")
            for card in fleet.machines[2].cards.indices {
                let gids = fleet.machines[2].cards[card].gids
                fleet.machines[2].cards[card].gids = [
                    gids[0], gids[1], (3, gids[2].gid, gids[2].kind), (5, gids[3].gid, gids[3].kind),
                ]
            }
        },
        FaultCase(
            title: "another table on one node",
            code: .gidUnusable,
            subject: "2 of 2 RDMA ports",
            measured: "index 3 is RoCE v1 on mlx5_0 port 1, mlx5_1 port 1",
            change: "write `rdma_gid_index: 5` for this node",
            line: 5,
            edit: FileEdit(path: ["nodes", "2", "rdma_gid_index"], value: "5")
        ) { fleet in
            for card in fleet.machines[2].cards.indices {
                let gids = fleet.machines[2].cards[card].gids
                fleet.machines[2].cards[card].gids = [
                    gids[0], gids[1], (3, gids[2].gid, gids[2].kind), (5, gids[3].gid, gids[3].kind),
                ]
            }
        },
        FaultCase(
            title: "no IPv4 address on a rail, and NCCL is to choose",
            code: .gidUnusable,
            subject: "mlx5_1 port 1",
            measured: "index 0 is link-local on mlx5_1 port 1",
            change: "give ens2np0 an IPv4 address"
        ) { fleet in
            fleet.line("rdma_gid_index", "rdma_gid_index: auto")
            fleet.machines[2].cards[1].gids.removeLast(2)
        },
        FaultCase(
            title: "an NCCL that does not choose",
            code: .gidUnusable,
            nodes: everywhere,
            subject: "2 of 2 RDMA ports",
            measured: "index 0 is link-local on mlx5_0 port 1, mlx5_1 port 1",
            change: "write `rdma_gid_index: 3`",
            edit: FileEdit(path: ["rdma_gid_index"], value: "3")
        ) { fleet in
            fleet.line("rdma_gid_index", "rdma_gid_index: auto")
            fleet.all { $0.software { $0.packages["nvidia-nccl-cu12"] = "2.20.5" } }
        },
        FaultCase(
            title: "tables with nothing in common",
            code: .gidIndexNotCommon,
            subject: "GID index",
            measured: "mlx5_0 port 1: index 3; mlx5_1 port 1: index 7",
            change: "rdma_gid_index: auto",
            line: 5,
            edit: FileEdit(path: ["rdma_gid_index"], value: "auto")
        ) { fleet in
            let last = fleet.machines[2].cards[1].gids.removeLast()
            fleet.machines[2].cards[1].gids.append((7, last.gid, last.kind))
        },
        FaultCase(
            title: "tables with nothing in common, and the index is a variable",
            code: .gidIndexNotCommon,
            subject: "GID index",
            measured: "mlx5_0 port 1: index 3; mlx5_1 port 1: index 7",
            change: "write `NCCL_IB_GID_INDEX: \"-1\"` in `env`, and NCCL chooses for each port",
            line: 14,
            edit: FileEdit(path: ["env", "NCCL_IB_GID_INDEX"], value: "\"-1\"")
        ) { fleet in
            fleet.line("rdma_gid_index", "# no index")
            fleet.line("env:", "env: {NCCL_IB_GID_INDEX: 3}")
            let last = fleet.machines[2].cards[1].gids.removeLast()
            fleet.machines[2].cards[1].gids.append((7, last.gid, last.kind))
        },
        FaultCase(
            title: "InfiniBand beside RoCE on one node",
            code: .linkLayersMixed,
            subject: "link layers",
            measured: "mlx5_0 port 1 Ethernet, mlx5_1 port 1 InfiniBand",
            change: "rdma_hcas"
        ) { $0.machines[2].cards[1].linkLayer = "InfiniBand" },
        FaultCase(
            title: "small packets everywhere",
            code: .roceMTUSmall,
            severity: .warning,
            nodes: everywhere,
            subject: "2 of 2 RDMA ports",
            measured: "MTU 1500 on ens1np0, ens2np0",
            change: "MTU 9000"
        ) { fleet in fleet.all { $0.railMTU = 1500 } },
    ]

    static let selection: [FaultCase] = [
        FaultCase(
            title: "a container without /dev/infiniband",
            code: .verbsMissing,
            subject: "/dev/infiniband",
            measured: "no `/dev/infiniband/uverbs*`",
            change: "--device=/dev/infiniband"
        ) { $0.machines[2].inventory.rdmaSoftware["devices"] = nil },
        FaultCase(
            title: "a device that is not there",
            code: .hcaUnknown,
            nodes: everywhere,
            subject: "mlx5_7",
            measured: "devices mlx5_0, mlx5_1",
            change: "write `rdma_hcas: [mlx5_0, mlx5_1]`",
            line: 6,
            edit: FileEdit(path: ["rdma_hcas"], value: "[mlx5_0, mlx5_1]")
        ) { $0.line("rdma_gid_index", "rdma_gid_index: 3\nrdma_hcas: [mlx5_0, mlx5_7]") },
        FaultCase(
            title: "a device that is not there, by a variable",
            code: .hcaUnknown,
            nodes: everywhere,
            subject: "mlx5_7",
            measured: "devices mlx5_0, mlx5_1",
            change: "write `NCCL_IB_HCA: \"=mlx5_0,mlx5_1\"` in `env`",
            line: 14,
            edit: FileEdit(path: ["env", "NCCL_IB_HCA"], value: "\"=mlx5_0,mlx5_1\"")
        ) { $0.line("env:", "env: {NCCL_IB_HCA: \"=mlx5_0,mlx5_7\"}") },
        FaultCase(
            title: "a name that is the beginning of another",
            code: .hcaUnknown,
            nodes: everywhere,
            subject: "mlx5_1",
            measured: "`mlx5_1` takes mlx5_1, mlx5_10",
            change: "rdma_hcas: [mlx5_1]",
            line: 14
        ) { fleet in
            fleet.line("env:", "env: {NCCL_IB_HCA: mlx5_1}")
            fleet.all { $0.cards[0].name = "mlx5_10" }
        },
        FaultCase(
            title: "RDMA is asked for and switched off",
            code: .rdmaSwitchedOff,
            nodes: everywhere,
            subject: "NCCL_IB_DISABLE",
            measured: "`NCCL_IB_DISABLE=1`",
            change: "remove `NCCL_IB_DISABLE`",
            line: 14,
            edit: FileEdit(path: ["env", "NCCL_IB_DISABLE"], value: "0")
        ) { $0.line("env:", "env: {NCCL_IB_DISABLE: \"1\"}") },
    ]
}
