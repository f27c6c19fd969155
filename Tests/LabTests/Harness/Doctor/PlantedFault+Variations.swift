import MusterSpec

extension PlantedFault {
    /// Other ways in which the same rules are broken, for a machine that has the time.
    static let variations = [
        PlantedFault("gpu-absent", .tooFewGPUs, "take the node out of `nodes`"),
        PlantedFault("gpu-lost", .gpuLost, "restart the machine"),
        PlantedFault("gpu-remap-failed", .gpuMemoryErrors, "replace the card"),
        PlantedFault("gpu-remap-pending", .gpuMemoryErrors, "nvidia-smi --gpu-reset -i 5"),
        PlantedFault("gpu-page-pending", .gpuMemoryErrors, "nvidia-smi --gpu-reset -i 1"),
        PlantedFault("gpu-reserved", .memoryUnbalanced, "nvidia-smi"),
        PlantedFault("gpu-other-memory", .gpusDiffer, "compare ECC"),
        PlantedFault("smi-failed", .gpuDriverSilent, "dmesg | grep NVRM"),
        PlantedFault("smi-mismatch", .gpuDriverSilent, "needs a reboot"),
        PlantedFault("port-no-cable", .rdmaPortNotActive, "plug in or replace the cable"),
        PlantedFault("no-verbs-library", .verbsMissing, "install rdma-core"),
        PlantedFault("nics-missing", .rdmaDeviceMissing, "lspci -d 15b3:"),
        PlantedFault("nics-no-driver", .nicWithoutDriver, "modprobe mlx5_ib"),
        PlantedFault("nic-slow-slot", .nicLinkNarrow, "a slot with all lanes"),
        PlantedFault("nic-moved", .nicUnderAnotherSwitch, "the slot that is 0000:9c:00.0 on node1"),
        PlantedFault("tmp-small", .diskNearlyFull, "du -xh /tmp"),
        PlantedFault("other-torch-cuda", .softwareDiffers, "install one build of torch"),
        PlantedFault("other-nccl", .softwareDiffers, "install the same package everywhere"),
        PlantedFault("other-ofed", .hostsDiffer, "one release of OFED"),
        PlantedFault("other-kernel", .hostsDiffer, "bring all nodes to one kernel"),
        PlantedFault("index-damaged", .modelFileMissing, "rsync -a --partial"),
        PlantedFault("rendezvous-forbidden", .rendezvousUnreachable, "the outgoing rules of node3"),
        PlantedFault("docker-down", .containerRuntimeMissing, "install and start docker", inContainers: true),
    ]
}
