extension FailureCatalog {
    static let gpu: [FailureSignature] = [
        .init(
            "nvml-driver-mismatch",
            .gpu,
            .fatal,
            .cause,
            .preflight,
            ["river/library version mismatch"],
            means: "The driver's library was updated while its old kernel module stayed loaded.",
            fix: "Restart the node, and hold the driver packages back from automatic updates."
        ),
        .init(
            "cuda-802-fabric",
            .gpu,
            .fatal,
            .cause,
            .container,
            ["ystem not yet initialized"],
            means:
                "The NVSwitch fabric never came up: its manager is missing, stopped, or not the driver's version.",
            fix: "Install the fabric manager of exactly the driver's version and start it."
        ),
        .init(
            "cuda-803-combination",
            .gpu,
            .fatal,
            .cause,
            .container,
            ["Error 803: system has unsupported display driver"],
            means: "The container loads a CUDA library that does not fit the host's driver.",
            fix: "Keep the image's compat libraries out of its search path, or use an image for this driver.",
            key: "runtime.docker.image"
        ),
        .init(
            "cuda-804-forward-compat",
            .gpu,
            .fatal,
            .cause,
            .container,
            ["forward compatibility was attempted on non supported HW"],
            means: "The image needs a newer driver than the host has, and this card may not bridge the gap.",
            fix: "Update the driver, or use an image of an older CUDA.",
            key: "runtime.docker.image"
        ),
        .init(
            "cuda-driver-insufficient",
            .gpu,
            .fatal,
            .cause,
            .container,
            [
                "CUDA driver version is insufficient for CUDA runtime version",
                "CUDA Driver version found is #. Minimum requirement",
            ],
            means: "The driver is older than the CUDA of the engine, or cannot be seen from within the container.",
            fix: "Update the driver, or use an image of an older CUDA.",
            key: "runtime.docker.image"
        ),
        .init(
            "cuda-no-gpu-visible",
            .gpu,
            .fatal,
            .cause,
            .container,
            ["No CUDA GPUs are available", "no CUDA-capable device is detected"],
            means: "The rank sees no GPU at all.",
            fix: "Leave CUDA_VISIBLE_DEVICES to muster, and check nvidia-smi -L where the rank runs.",
            key: "env.CUDA_VISIBLE_DEVICES"
        ),
        .init(
            "cuda-no-kernel-image",
            .gpu,
            .fatal,
            .cause,
            .load,
            ["no kernel image is available for execution on the device"],
            means: "The engine's binaries hold no code for this kind of GPU.",
            fix: "Use an image that is built for it.",
            key: "runtime.docker.image"
        ),
        .init(
            "cuda-invalid-device-ordinal",
            .gpu,
            .fatal,
            .cause,
            .communicator,
            ["invalid device ordinal"],
            means: "A rank wants a GPU with a number that this node does not have.",
            fix: "Make GPUs per node and the parallel sizes fit what every node has.",
            key: "gpus_per_node"
        ),
        .init(
            "cuda-oom",
            .gpu,
            .fatal,
            .cause,
            .any,
            [
                "CUDA out of memory. Tried to allocate", "HIP out of memory. Tried to allocate",
                "OutOfMemoryError: CUDA out of memory", "OutOfMemoryError: HIP out of memory",
            ],
            means: "The GPU has no memory left for what PyTorch asked for.",
            fix: "Lower the share of memory the engine plans for, its batch or its context; see that nothing else "
                + "runs on the GPU.",
            key: "args.mem-fraction-static"
        ),
        .init(
            "cuda-ecc-uncorrectable",
            .gpu,
            .fatal,
            .cause,
            .any,
            ["uncorrectable ECC error encountered"],
            means: "The GPU's memory returned data that could not be corrected.",
            fix: "Take the node out and read its kernel log; reset the card, or have it exchanged.",
            key: "nodes"
        ),
        .init(
            "gpu-lost",
            .gpu,
            .fatal,
            .cause,
            .preflight,
            ["GPU is lost", "Unable to determine the device handle for GPU"],
            means: "The driver cannot reach one of the GPUs any more.",
            fix: "Run without this node until it was switched off and on.",
            key: "nodes"
        ),
        .init(
            "p2p-unsupported",
            .gpu,
            .fatal,
            .cause,
            .communicator,
            ["peer access is not supported between these two devices"],
            means: "The engine wanted GPUs to read each other's memory, which this machine does not allow.",
            fix: "Switch custom all-reduce off.",
            key: "args.disable-custom-all-reduce"
        ),
        .init(
            "cuda-illegal-access",
            .gpu,
            .fatal,
            .cause,
            .serving,
            ["an illegal memory access was encountered"],
            means: "A kernel used a wrong address; mostly a bug of the engine, and seldom where the trace points.",
            fix: "Start without CUDA graphs to narrow it down, and look for an Xid of the same moment.",
            key: "args.disable-cuda-graph"
        ),
        .init(
            "cublas-status",
            .gpu,
            .fatal,
            .cause,
            .serving,
            [
                "CUBLAS_STATUS_NOT_SUPPORTED", "CUBLAS_STATUS_NOT_INITIALIZED", "CUBLAS_STATUS_ALLOC_FAILED",
                "CUBLAS_STATUS_EXECUTION_FAILED", "CUBLAS_STATUS_INTERNAL_ERROR",
            ],
            means:
                "A matrix product failed: no memory for its workspace, a type this card lacks, or a fault before it.",
            fix: "Leave more memory free, or use another quantisation.",
            key: "args.quantization"
        ),
    ]
}
