extension DiagnosticCatalog {
    /// What `doctor` finds about GPUs.
    static let gpuPages: [DiagnosticPage] = [
        DiagnosticPage(
            .tooFewGPUs,
            "a node has fewer GPUs than the file counts on",
            meaning: """
                Every unit starts one rank for each of `gpus_per_node` GPUs, and the driver lists fewer. A rank \
                without a GPU fails minutes into the launch, with a message about an invalid device. Where a GPU is \
                on the PCI bus and the driver does not list it, its address is told.
                """,
            fix: "Find the missing GPU, take the node out of `nodes`, or change `gpus_per_node` and the sizes.",
            message: "gpu-3: there are fewer GPUs than the file counts on (7 GPUs)",
            next: "ssh gpu-3 'lspci -d 10de:; nvidia-smi -L; dmesg | grep NVRM'"
        ),
        DiagnosticPage(
            .gpuDriverSilent,
            "the NVIDIA driver of a node does not answer",
            meaning: """
                `nvidia-smi` is missing, fails, or did not answer in eight seconds. A driver that was updated under \
                a running kernel, a kernel without its module, and a GPU that hangs the driver are the usual causes. \
                No engine starts before it answers.
                """,
            fix: "Load or reinstall the driver, or restart the machine; the kernel log has the reason.",
            message: "gpu-3: the NVIDIA driver does not answer",
            next: "ssh gpu-3 'nvidia-smi; cat /proc/driver/nvidia/version; dmesg | grep NVRM | tail'"
        ),
        DiagnosticPage(
            .gpuLost,
            "a GPU fell off the bus",
            meaning: """
                The driver lost the GPU: Xid 79, three lines about it in the kernel log, or cells that read `GPU is \
                lost`. It comes back with a restart of the machine and not before. Heat, power and a badly seated \
                card are the causes when it comes again. What follows from it, such as too few GPUs, is told below \
                it.
                """,
            fix: "Restart the machine; if it happens again, reseat the card and its power cable, then replace it.",
            message: "gpu-3: GPU at 0000:da:00.0: a GPU is lost",
            next: #"ssh gpu-3 'dmesg | grep -E "NVRM|fallen off"'"#
        ),
        DiagnosticPage(
            .gpuMemoryErrors,
            "a GPU has memory errors",
            meaning: """
                The card reports uncorrected errors since the driver was loaded, a row or page that waits to be \
                replaced, or that no row is left to replace one. The first two are over after a reset of the GPU. A \
                remap that failed is the end of the card: it will give wrong results or stop again.
                """,
            fix: "Reset the GPU when nothing uses it; replace the card where a remap failed.",
            message: "gpu-3: GPU 5: a GPU has memory errors",
            next: "ssh gpu-3 'nvidia-smi -q -d ECC,ROW_REMAPPER'"
        ),
        DiagnosticPage(
            .gpuHeldByOthers,
            "somebody else uses the GPUs",
            meaning: """
                Processes that do not belong to the deployment hold memory of GPUs it needs. The finding has their \
                numbers, user, age and memory. An engine sizes its cache by what is free when it starts, so a small \
                neighbour is enough to make ranks unequal. Monitors that hold less than 128 MiB do not count.
                """,
            fix: "Ask the owner, end the processes, or use other nodes.",
            message: "gpu-3: GPUs 1-2: GPUs are held by another process",
            next: "ssh gpu-3 'nvidia-smi; ps -fp PID'"
        ),
        DiagnosticPage(
            .migEnabled,
            "a GPU is cut up by MIG",
            meaning: """
                A GPU in MIG mode is cut into parts, and CUDA sees at most one of them. Tensor parallelism needs \
                whole cards. The mode survives restarts.
                """,
            fix: "Switch MIG off; the GPU must not be in use.",
            message: "gpu-3: GPU 3: MIG is switched on",
            next: "ssh gpu-3 'nvidia-smi -i 3 -mig 0'"
        ),
        DiagnosticPage(
            .computeModeExclusive,
            "the compute mode lets no second process onto a GPU",
            meaning: """
                In the mode Exclusive_Process a GPU takes one process, in Prohibited none. Engines open a card from \
                several, for example for compilation and for the rank itself. It reads as a device that is busy or \
                unavailable.
                """,
            fix: "Set the compute mode to Default.",
            message: "gpu-3: GPUs 3-4: the compute mode lets no second process onto the GPU",
            next: "ssh gpu-3 'nvidia-smi -c DEFAULT'"
        ),
        DiagnosticPage(
            .gpuLinkNarrow,
            "a GPU has fewer PCIe lanes than it can use",
            meaning: """
                The link runs with fewer lanes than card and slot can use. On cards without NVLink all traffic \
                between GPUs goes this way, and the slowest link sets the pace. A badly seated card or riser, a \
                wrong slot and a bifurcation setting are the causes; the kernel log may name the port. The speed of \
                an idle link is not looked at, since it drops on purpose. NVLinks that are down, while those of the \
                same GPU on other nodes are up, are told under this code, too.
                """,
            fix: "Reseat the card, then compare slot and firmware settings with a GPU that has all lanes.",
            message: "gpu-3: GPU 4: a GPU has fewer PCIe lanes than it can use",
            next: #"ssh gpu-3 'nvidia-smi -q -i 4 | grep -A3 "Link Width"'"#
        ),
        DiagnosticPage(
            .persistenceOff,
            "persistence mode is off",
            meaning: """
                Without a process that keeps it, the driver unloads when the last user of a GPU ends. The next start \
                waits seconds for each card, clocks and error counts are lost, and monitoring itself becomes slow. \
                It is a matter of speed, not of correctness.
                """,
            fix: "Run the persistence daemon.",
            message: "gpu-3: GPUs 0-7: persistence mode is off",
            next: "ssh gpu-3 systemctl enable --now nvidia-persistenced"
        ),
    ]
}
