extension FailureCatalog {
    static let rdma: [FailureSignature] = [
        .init(
            "ib-modify-qp-timeout",
            .rdma,
            .fatal,
            .symptom,
            .communicator,
            [
                "ibv_modify_qp failed with error Connection timed out",
                "ibv_modify_qp failed with Connection timed out",
                "ibv_modify_qp failed with error # Connection timed out",
                "ibv_modify_qp failed with # Connection timed out",
            ],
            means: "A peer's RDMA card did not answer at the address of the chosen GID.",
            fix: "Choose the GID index of the routed RoCE v2 IPv4 address on every node.",
            key: "rdma_gid_index"
        ),
        .init(
            "ib-modify-qp-other",
            .rdma,
            .fatal,
            .cause,
            .communicator,
            [LinePattern("ibv_modify_qp failed", without: "Connection timed out")],
            means: "The RDMA card refused to open a connection; status 22 mostly means a GID index that it does not "
                + "have, or of another RoCE version than the peer's.",
            fix: "Let muster find the index (auto), or give each node its own.",
            key: "rdma_gid_index"
        ),
        .init(
            "ib-reg-mr-nomem",
            .rdma,
            .fatal,
            .cause,
            .communicator,
            ["ibv_reg_mr*failed*Cannot allocate memory"],
            means: "Memory could not be pinned for the RDMA card: the limit of locked memory is too low.",
            fix: "Lift the memlock limit to unlimited for the SSH user, or for the container.",
            key: "runtime.docker"
        ),
        .init(
            "ib-create-cq-nomem",
            .rdma,
            .fatal,
            .cause,
            .communicator,
            ["ibv_create_cq failed", "ibv_create_cq() failed", "ibv_create_qp failed", "ibv_create_qp() failed"],
            means: "The RDMA card gave no queue: locked memory is limited, or other jobs use its queues up.",
            fix: "Lift the memlock limit to unlimited, then look for other RDMA jobs on the node."
        ),
        .init(
            "ib-completion-timeout",
            .rdma,
            .fatal,
            .symptom,
            .serving,
            [
                LinePattern("Got completion*with status=#", numbers: [12]),
                LinePattern("Got completion*with error #", numbers: [12]),
                LinePattern("Got completion*with status=~(#)", numbers: [12]),
            ],
            means: "Packets to a peer were sent again and again without an answer: a wrong GID or route, a link that "
                + "fell, or a peer that lost power.",
            fix: "Right after a launch, check GID index and routes; later, the link counters of both ports.",
            key: "rdma_gid_index"
        ),
        .init(
            "ib-completion-error",
            .rdma,
            .fatal,
            .cause,
            .serving,
            [
                LinePattern("Got completion*with status=#", numbers: [5], role: .victim),
                LinePattern("Got completion*with error #", numbers: [5], role: .victim),
                LinePattern("Got completion*with status=~(#)", numbers: [5], role: .victim),
                LinePattern("Got completion*with status=#", excluding: [5, 12]),
                LinePattern("Got completion*with error #", excluding: [5, 12]),
                LinePattern("Got completion*with status=~(#)", excluding: [5, 12]),
            ],
            means:
                "An RDMA transfer failed. Status 5 only says that the connection had failed before; 4 is this node's "
                + "registration, 10 and 11 are the peer's.",
            fix: "Find the first status that is not 5, and look at that node's driver and GPUDirect setup."
        ),
        .init(
            "ib-gid-read-failed",
            .rdma,
            .fatal,
            .cause,
            .communicator,
            ["NET/IB: read failed in ncclIbRoceGetVersionNum", "NET/IB: open failed in ncclIbRoceGetVersionNum"],
            means: "NCCL looked through the GID table by itself and stumbled over an empty entry.",
            fix: "Give the GID index instead of letting NCCL choose, or run a newer NCCL.",
            key: "rdma_gid_index"
        ),
        .init(
            "ib-async-port-error",
            .rdma,
            .fatal,
            .cause,
            .serving,
            ["NET/IB : Got async event : port error", "NET/IB : ~ Got async event : port error"],
            means: "An RDMA port lost its link while ranks talked over it.",
            fix: "Check cable, transceiver and switch port, then start again."
        ),
    ]
}
