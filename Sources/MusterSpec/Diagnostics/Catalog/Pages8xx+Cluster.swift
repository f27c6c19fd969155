extension DiagnosticCatalog {
    /// What `doctor` finds between nodes and about the model.
    static let acrossPages: [DiagnosticPage] = [
        DiagnosticPage(
            .hostsDiffer,
            "the hosts differ",
            meaning: """
                Driver, kernel or RDMA software differ between nodes of one launch. It often works, and it is the \
                first thing to mend when it does not: a fault that one node alone has is hard to find. Only what \
                differs is told, with the nodes that are in the minority, or both sides where there is no majority.
                """,
            fix: "Bring the nodes to one release.",
            message: "gpu-3: NVIDIA driver: NVIDIA driver differs between the nodes",
            next: "ssh gpu-3 'cat /proc/driver/nvidia/version; uname -r; ofed_info -s'"
        ),
        DiagnosticPage(
            .memoryUnbalanced,
            "some GPUs have less memory free than others",
            meaning: """
                The GPU with the least free memory decides for all, and one here has less than 90 % of another. \
                SGLang up to 0.4.5 aborts then; later releases and vLLM get a smaller cache everywhere. Who holds \
                the memory is told as the cause where it can be seen.
                """,
            fix: "Free the memory of these GPUs.",
            message: "gpu-3: GPU 2: some GPUs have less memory free than others",
            next: "ssh gpu-3 nvidia-smi"
        ),
        DiagnosticPage(
            .topologyDiffers,
            "the nodes are not built alike",
            meaning: """
                Nodes with the same GPUs have different numbers of RDMA cards, or cards in different slots without a \
                majority to tell which is right. Ranks are placed as if all nodes were alike. A card that is in the \
                wrong slot by the word of the other nodes has a code of its own.
                """,
            fix: "Look for the missing card, or compare the slots.",
            message: "gpu-3: RDMA cards: the nodes have different numbers of RDMA cards",
            next: "ssh gpu-3 'lspci -d 15b3:; nvidia-smi topo -m'"
        ),
        DiagnosticPage(
            .modelFilesDiffer,
            "the model is not the same on all nodes",
            meaning: """
                Sizes of weights or texts of configuration differ between nodes. Ranks would load different weights, \
                and the answers are garbage without any error. Weights are compared by name and size, not read.
                """,
            fix: "Copy the model again from a node where it is right.",
            message: "gpu-3: /models/DeepSeek-V3: the model is not the same on all nodes",
            next: "ssh gpu-3 'sha256sum /models/DeepSeek-V3/*.json'"
        ),
        DiagnosticPage(
            .softwareDiffers,
            "engine or libraries differ between nodes",
            meaning: """
                Engine, torch, the CUDA release it was built for, or the NCCL library differ. Ranks then exchange \
                messages in different forms, fail when they meet, or hang in the middle of traffic. Builds of one \
                NCCL release differ, too, so the library itself is compared.
                """,
            fix: "Install the same packages on all nodes.",
            message: "gpu-3: torch: torch differs between the nodes",
            next: #"ssh gpu-3 'python3 -m pip list | grep -iE "torch|nccl|sglang|vllm"'"#
        ),
        DiagnosticPage(
            .gpusDiffer,
            "the GPUs differ between nodes",
            meaning: """
                Nodes of one launch have GPUs of different models, or of different memory. Kernels and sizes are \
                chosen for the GPU at hand, so ranks would disagree; and the smallest memory decides for all. \
                Different memory of one model is often ECC, and a warning.
                """,
            fix: "Use nodes with the same GPUs.",
            message: "gpu-3: GPU model: GPU model differs between the nodes",
            next: "ssh gpu-3 'nvidia-smi -L'"
        ),
        DiagnosticPage(
            .interfaceMTUDiffers,
            "the MTU differs between nodes",
            meaning: """
                Interfaces of one network have different MTUs. With RDMA, big messages stall where packets do not \
                fit. TCP finds a size that fits by itself, mostly, so for the TCP interface it is a warning.
                """,
            fix: "Set one MTU on all nodes and switch ports.",
            message: "gpu-3: MTU of RDMA interfaces: MTU of RDMA interfaces differs between the nodes",
            next: "ssh gpu-3 'ip link'"
        ),
        DiagnosticPage(
            .modelFileMissing,
            "files of the model are missing",
            meaning: """
                The index of the model names files that are not there, or there are no weights at all. An engine \
                that does not look at the index leaves the weights of these layers as they come, and answers in \
                garbage.
                """,
            fix: "Copy the model again.",
            message: "gpu-3: model-00002-of-00003.safetensors: files of the model are missing",
            next: "ssh gpu-3 'ls -l /models/DeepSeek-V3'"
        ),
        DiagnosticPage(
            .modelFileTruncated,
            "files of the model are cut off or damaged",
            meaning: """
                A safetensors file says in its head how long it is, and the file is shorter, or the head cannot be \
                read. A copy or a download ended early. Files are compared with what they say of themselves; a \
                damage inside the weights is not seen.
                """,
            fix: "Copy the files again, and compare checksums.",
            message: "gpu-3: model-00003-of-00003.safetensors: files of the model are cut off or damaged",
            next: "ssh gpu-3 'sha256sum /models/DeepSeek-V3/*.safetensors'"
        ),
        DiagnosticPage(
            .modelConfigUnreadable,
            "the model's configuration cannot be read",
            meaning: """
                There is no `config.json` in the model's directory, or it is no JSON. The engine cannot tell what \
                model it is, and nothing can be said about shapes and memory.
                """,
            fix: "Copy the file again from where the model comes from.",
            message: "gpu-3: config.json: the model's configuration cannot be read",
            next: "ssh gpu-3 'python3 -m json.tool /models/DeepSeek-V3/config.json'"
        ),
    ]
}
