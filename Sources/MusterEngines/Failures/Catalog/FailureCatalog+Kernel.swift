extension FailureCatalog {
    /// What the kernel of a node says. `muster doctor` reads the same numbers before a launch.
    static let kernel: [FailureSignature] = [
        .init(
            "xid-79-multiline",
            .kernel,
            .fatal,
            .cause,
            .any,
            ["fallen off the bus and is not responding to commands"],
            means: "A GPU vanished from its PCIe slot; this driver says so in three lines and gives no Xid.",
            fix: "Restart the machine and run without this node until then.",
            key: "nodes"
        ),
        .init(
            "xid-79-off-bus",
            .kernel,
            .fatal,
            .cause,
            .any,
            [xid(79), "has fallen off the bus", "NVRM: fallen off the bus"],
            means: "A GPU vanished from its PCIe slot: power, heat, seating or a broken card.",
            fix: "Restart the machine; if it comes again, have the card and its power looked at.",
            key: "nodes"
        ),
        .init(
            "xid-48-dbe",
            .kernel,
            .fatal,
            .cause,
            .any,
            [xid(48)],
            means: "GPU memory returned data with two wrong bits, which cannot be put right.",
            fix: "Take the node out, reset the GPU, and see whether rows were remapped.",
            key: "nodes"
        ),
        .init(
            "xid-63-remap",
            .kernel,
            .warning,
            .cause,
            .any,
            [xid(63)],
            means: "The driver put a spare row in the place of a bad one; it takes effect at the next reset.",
            fix: "Reset the GPU when it is free."
        ),
        .init(
            "xid-64-remap-failed",
            .kernel,
            .fatal,
            .cause,
            .any,
            [xid(64)],
            means: "A bad memory row could not be replaced: the card has no spare rows left.",
            fix: "Have the card exchanged, and run without this node until then.",
            key: "nodes"
        ),
        .init(
            "xid-74-nvlink",
            .kernel,
            .fatal,
            .cause,
            .any,
            [xid(74)],
            means: "The GPU reports a fault on one of its NVLinks.",
            fix: "Read nvidia-smi nvlink -e for the link, and the fabric manager's log on NVSwitch machines.",
            key: "nodes"
        ),
        .init(
            "xid-94-95-memory",
            .kernel,
            .fatal,
            .cause,
            .any,
            [xid(94, 95)],
            means: "A memory error of the GPU could not be put right: 94 reached one process, 95 perhaps all of them.",
            fix: "Start again after 94; reset the GPU first after 95.",
            key: "nodes"
        ),
        .init(
            "xid-119-gsp",
            .kernel,
            .fatal,
            .cause,
            .any,
            [xid(119, 120)],
            means: "The processor inside the GPU that runs the driver's firmware stopped answering.",
            fix: "Reset the GPU or restart the machine, then update the driver.",
            key: "nodes"
        ),
        .init(
            "xid-154-recovery",
            .kernel,
            .fatal,
            .cause,
            .any,
            ["NVRM: Xid (*): 154, GPU recovery action"],
            means: "The driver itself says what the GPU needs before it can be used again.",
            fix: "Do what the line names: a reset, a restart of the node, or draining it."
        ),
        .init(
            "xid-app-fault",
            .kernel,
            .warning,
            .cause,
            .serving,
            [xid(13, 31, 43, 45, 69)],
            means: "A kernel of the application went wrong on the GPU, or was cleaned up after.",
            fix: "Look for a bug of the engine first; suspect the card only when the fault stays with it."
        ),
        .init(
            "sxid-fatal",
            .kernel,
            .fatal,
            .cause,
            .any,
            ["nvidia-nvswitch#: SXid (*): #, Fatal"],
            means: "An NVSwitch failed in a way that ends everything running over it.",
            fix: "Reset all GPUs of the machine together, or restart it.",
            key: "nodes"
        ),
        .init(
            "sxid-nonfatal",
            .kernel,
            .warning,
            .cause,
            .any,
            ["nvidia-nvswitch#: SXid (*): #, Non-fatal"],
            means: "An NVSwitch had an error and went on.",
            fix: "Watch whether it comes more often."
        ),
        .init(
            "fabricmanager-nvswitch-error",
            .gpu,
            .warning,
            .cause,
            .any,
            ["detected NVSwitch non-fatal error #", "detected NVSwitch fatal error #"],
            means: "The fabric manager saw an NVSwitch fail.",
            fix: "Read the kernel's SXid lines of the same minute."
        ),
        .init(
            "peermem-invalid-context",
            .kernel,
            .warning,
            .cause,
            .serving,
            ["nvidia-peermem nv_get_p2p_free_callback:# ERROR detected invalid context"],
            means: "The module that lets network cards read GPU memory lost track of a process.",
            fix: "Start again; if it stays, match the RDMA driver, or let the kernel's DMA-BUF do it."
        ),
        .init(
            "pcie-bandwidth-limited",
            .kernel,
            .warning,
            .cause,
            .preflight,
            ["available PCIe bandwidth, limited by ~ GT/s PCIe x# link at ~ (capable of"],
            means: "A card has a narrower or slower PCIe link than it could have.",
            fix: "Compare the port that the line names with the slot the card should be in."
        ),
        .init(
            "kernel-oom-killer",
            .kernel,
            .fatal,
            .cause,
            .any,
            ["Out of memory: Killed process #", "oom-kill:constraint=", "Memory cgroup out of memory"],
            means: "The node or the container ran out of main memory, and the kernel ended a process.",
            fix: "Give the container more memory, or load weights with fewer readers at once.",
            key: "runtime.docker"
        ),
        .init(
            "libnccl-segfault",
            .kernel,
            .fatal,
            .symptom,
            .serving,
            ["segfault at ~ ip ~ sp ~ error # in libnccl"],
            means: "NCCL crashed inside a rank, most often after a peer was gone or with a foreign plugin.",
            fix: "Look for a rank that failed before; run one image, so one NCCL, on all nodes.",
            key: "runtime.docker.image"
        ),
    ]

    private static func xid(_ numbers: Int...) -> LinePattern { LinePattern("NVRM: Xid (*): #", numbers: Set(numbers)) }
}
