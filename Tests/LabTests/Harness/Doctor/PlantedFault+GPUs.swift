import MusterSpec

extension PlantedFault {
    static let gpus = [
        PlantedFault("gpu-missing", .tooFewGPUs, "lspci -d 10de:"),
        PlantedFault("gpu-fell-off", .gpuLost, "restart the machine"),
        PlantedFault("gpu-ecc", .gpuMemoryErrors, "nvidia-smi --gpu-reset -i 4"),
        PlantedFault("gpu-recovery", .gpuRecoveryWanted, "nvidia-smi --gpu-reset -i 6"),
        PlantedFault("gpu-xid", .xidReported, "reset the GPU"),
        PlantedFault("gpu-mig", .migEnabled, "nvidia-smi -i 3 -mig 0"),
        PlantedFault("gpu-exclusive", .computeModeExclusive, "nvidia-smi -i 3,4 -c DEFAULT"),
        PlantedFault("gpu-no-persistence", .persistenceOff, "nvidia-persistenced"),
        PlantedFault("gpu-fabric", .fabricNotReady, "systemctl restart nvidia-fabricmanager"),
        PlantedFault("gpu-narrow", .gpuLinkNarrow, "reseat the card"),
        PlantedFault("gpu-inforom", .gpuWarned, "update the card's firmware"),
        PlantedFault("gpu-tenant", .gpuHeldByOthers, "kill "),
        PlantedFault("gpu-hidden-tenant", .gpuMemoryUnaccounted, "fuser -v /dev/nvidia7"),
        PlantedFault("gpu-other-model", .gpusDiffer, "the same GPUs"),
    ]

    static let drivers = [
        PlantedFault("gpu-other-driver", .hostsDiffer, "one release of the driver"),
        PlantedFault("smi-missing", .gpuDriverSilent, "install its tools"),
        PlantedFault("smi-hangs", .gpuDriverSilent, "dmesg | grep NVRM"),
    ]
}
