extension DiagnosticCatalog {
    /// What `doctor` finds about GPUs.
    static let gpuUsePages: [DiagnosticPage] = [
        DiagnosticPage(
            .gpuRecoveryWanted,
            "the driver asks for a GPU to be recovered",
            meaning: """
                Recent drivers say by themselves what a GPU needs: a reset, a reboot, or to be drained. Work that is \
                started before that fails or runs on a damaged card. The error that led there is in the kernel log, \
                where it can be read.
                """,
            fix: "Do what the driver asks for.",
            message: "gpu-3: GPU 6: the driver asks for a GPU to be recovered",
            next: "ssh gpu-3 'nvidia-smi --query-gpu=index,gpu_recovery_action --format=csv'"
        ),
        DiagnosticPage(
            .fabricNotReady,
            "the NVSwitch fabric is not ready",
            meaning: """
                Machines with NVSwitch need the fabric manager to set up the switches before CUDA works. Until the \
                state is Completed and the status Success, CUDA fails with error 802, system not yet initialized. \
                The fabric manager must be of the driver's own release.
                """,
            fix: "Start the fabric manager, in the release of the driver.",
            message: "gpu-3: GPUs 0-7: the NVSwitch fabric is not ready",
            next: "ssh gpu-3 'systemctl restart nvidia-fabricmanager; nvidia-smi -q | grep -A3 Fabric'"
        ),
        DiagnosticPage(
            .xidReported,
            "the driver has reported errors of a GPU",
            meaning: """
                The kernel log holds Xid messages about the GPU that tell of the card and not of an application. The \
                finding translates the numbers it knows and says what helps. It is an error when the GPU cannot be \
                used until that is done, and a warning when the GPU answers and the driver asks for nothing more. \
                An SXid that is fatal is the same of an NVSwitch, which all GPUs of the machine depend on.
                """,
            fix: "Do what the finding says, and watch whether the number comes again.",
            message: "gpu-3: GPU 2: the driver has reported errors of a GPU",
            next: "ssh gpu-3 'dmesg -T | grep Xid'"
        ),
        DiagnosticPage(
            .gpuMemoryUnaccounted,
            "memory of a GPU is in use by nobody that is seen",
            meaning: """
                More memory is in use than an idle driver takes, and no process is listed for it. In a container the \
                processes of others are hidden; a process that was killed badly keeps its memory until the driver \
                notices. The launch would count on memory that is not there.
                """,
            fix: "Find the container or the dead process, or reset the GPU.",
            message: "gpu-3: GPU 7: GPU memory is in use, and no process is seen to use it",
            next: "ssh gpu-3 'fuser -v /dev/nvidia*; docker ps'"
        ),
        DiagnosticPage(
            .quantisationUnsupported,
            "the model is FP8 and the GPU has no FP8 units",
            meaning: """
                FP8 weights need compute capability 8.9, which is Ada, or later. On older cards an engine unpacks \
                them with slower kernels where it has any, or refuses the model. It is a warning, since some \
                combinations work.
                """,
            fix: "Use a BF16 or INT8 copy of the model, or other GPUs.",
            message: "gpu-3: GPUs 0-7: the model is FP8 and the GPU has no FP8 units",
            next: "ssh gpu-3 'nvidia-smi --query-gpu=name,compute_cap --format=csv'"
        ),
        DiagnosticPage(
            .gpuWarned,
            "the driver's tool warns about a GPU",
            meaning: """
                `nvidia-smi` prints a warning below its table, mostly that the infoROM of a card is corrupted. The \
                card works on, while its serial number, its error counts and its records of bad rows cannot be \
                relied on any more.
                """,
            fix: "Update the firmware of the card, or have it replaced.",
            message: "gpu-3: GPU at 0000:19:00.0: the driver's tool warns about a GPU",
            next: "ssh gpu-3 nvidia-smi"
        ),
    ]
}
