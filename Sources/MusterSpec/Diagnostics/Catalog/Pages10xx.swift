extension DiagnosticCatalog {
    /// Why a launch failed; the ids of failures are named with the code.
    static let failurePages: [DiagnosticPage] = [
        DiagnosticPage(
            .failedAtSSH,
            "a node could not be entered",
            meaning: """
                The first fault is in a message of the SSH client, so that nothing was started on the node. The id \
                behind the code says whether its name, its address, its server, its host key or ours was refused.
                """,
            fix: "Make `ssh` to that node work by hand with the user and the key of the file.",
            message: "gpu-3: ssh-connection-refused: ssh: connect to host 10.0.0.3 port 22: Connection refused",
            next: "muster doctor CLUSTER_FILE"
        ),
        DiagnosticPage(
            .failedAtContainer,
            "a container did not start, or lost its GPUs",
            meaning: """
                The first fault is in a message of Docker or of what gives containers their GPUs. The engine itself \
                was never asked: the image may be fine, and the node is not ready for it.
                """,
            fix: "Follow the remedy of the id; run a container with the same options and `nvidia-smi` by hand.",
            message: "gpu-2: docker-no-gpu-runtime: could not select device driver",
            next: "muster doctor CLUSTER_FILE"
        ),
        DiagnosticPage(
            .failedAtGPU,
            "a rank could not use its GPU",
            meaning: """
                The first fault is in a message of CUDA or of the driver in a rank. Out of memory is about the sizes \
                in the file; a driver that does not fit is about the image; an uncorrectable error is about the \
                card. Errors of kernels are reported late, so the place that the trace names is often not the one at \
                fault.
                """,
            fix: "Follow the remedy of the id, and look for an Xid of the same minute in the kernel log of that node.",
            message: "rank 17 (gpu-3): cuda-oom: CUDA out of memory. Tried to allocate 1.00 GiB",
            next: "muster doctor CLUSTER_FILE"
        ),
        DiagnosticPage(
            .failedAtKernel,
            "a node's kernel reported a fault",
            meaning: """
                The first fault is in the kernel log of a node: a GPU or an NVSwitch failed, or the node ran out of \
                main memory. What ranks print after it is its consequence, even where it came a moment earlier in \
                the log.
                """,
            fix: "Take the node out of the file, or let a spare take its place, until the machine was looked at.",
            message: "gpu-2: xid-79-off-bus: NVRM: Xid (PCI:0000:91:00): 79, GPU has fallen off the bus",
            next: "muster doctor CLUSTER_FILE"
        ),
        DiagnosticPage(
            .failedAtNCCL,
            "the ranks could not talk by NCCL",
            meaning: """
                The first fault is in a message of NCCL that is not about RDMA: an interface that a node does not \
                have, a peer that took no connection, shared memory that is too small, two ranks on one GPU, or \
                versions that differ. Where the id says that a peer was lost, no log shows why: the peer or its node \
                ended without a word.
                """,
            fix: "Check that every node has the interface of the file and reaches all others by it.",
            message: "node rank 1 (gpu-2): nccl-no-socket-iface: Bootstrap : no socket interface found",
            next: "muster doctor CLUSTER_FILE"
        ),
        DiagnosticPage(
            .failedAtRDMA,
            "the ranks could not talk by RDMA",
            meaning: """
                The first fault is in a message about RDMA. Right after a launch it is mostly a GID index that is \
                wrong on one node, or a limit of locked memory. After hours of work it is mostly a link, or a peer \
                that lost its power.
                """,
            fix: "Compare the GID tables and the link counters of the two nodes that the line names.",
            message: "node rank 2 (gpu-3): ib-modify-qp-timeout: ibv_modify_qp failed",
            next: "muster doctor CLUSTER_FILE"
        ),
        DiagnosticPage(
            .failedAtTorch,
            "the ranks did not meet, or waited in vain",
            meaning: """
                The first fault is in a message of PyTorch or Gloo. Before the world has formed it is about the \
                address and the port where ranks meet. After that, it means that a rank stood still or was gone, and \
                that no log says why.
                """,
            fix: "Look at the rank that is missing or wrote nothing for longest.",
            message: "node rank 3 (gpu-4): torch-tcpstore-client-timeout: client socket has timed out",
            next: "muster logs CLUSTER_FILE --node-rank 3"
        ),
        DiagnosticPage(
            .failedAtModel,
            "the model does not fit the engine or the GPUs",
            meaning: """
                The first fault is about the model: files that are missing or damaged, a shape that cannot be \
                divided so many ways, code of its own that is not allowed, or kernels that this GPU cannot run.
                """,
            fix: "Follow the remedy of the id; the same model on other sizes or another release may run.",
            message: "rank 0 (gpu-1): tp-not-divisible-quant: output_partition_size = 576 is not divisible",
            next: "muster doctor CLUSTER_FILE"
        ),
        DiagnosticPage(
            .failedAtSGLang,
            "the engine gave up: SGLang",
            meaning: """
                The first fault is in a message of SGLang itself, mostly about memory for the KV cache. Where the id \
                says that a rank hit an exception, muster does not know the exception, and the last line of its \
                traceback is shown.
                """,
            fix: "Follow the remedy of the id.",
            message: "rank 0 (gpu-1): sgl-not-enough-memory: Not enough memory",
            next: "muster logs CLUSTER_FILE --node-rank 0"
        ),
        DiagnosticPage(
            .failedAtVLLM,
            "the engine gave up: vLLM",
            meaning: """
                The first fault is in a message of vLLM itself, mostly about memory or the length of the context. \
                Where the id says that the engine core failed, muster does not know the exception, and the last line \
                of its traceback is shown.
                """,
            fix: "Follow the remedy of the id.",
            message: "node rank 0 (gpu-1): vllm-free-memory-low: Free memory on device (31.44/47.38 GiB)",
            next: "muster logs CLUSTER_FILE --node-rank 0"
        ),
        DiagnosticPage(
            .failedAtRay,
            "a worker of Ray was not placed, or was lost",
            meaning: """
                The first fault is in a message of Ray. Either the cluster has fewer GPUs than the sizes ask for, or \
                nodes joined under other addresses, or a worker vanished, which the kernel log of its node explains.
                """,
            fix: "Compare the nodes Ray knows with those of the file.",
            message: "node rank 0 (gpu-1): ray-no-node-types: No available node types can fulfill",
            next: "muster logs CLUSTER_FILE --node-rank 0"
        ),
        DiagnosticPage(
            .failedAtHost,
            "a node lacked something every program needs",
            meaning: """
                The first fault is about the node: a disk that is full, a port in use, too few open files, main \
                memory, or native code that crashed. A process that was killed or ended without a known line is told \
                here too.
                """,
            fix: "Follow the remedy of the id on the node that is named.",
            message: "gpu-2: disk-full: [Errno 28] No space left on device",
            next: "muster doctor CLUSTER_FILE"
        ),
    ]
}
