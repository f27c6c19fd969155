import MusterSpec

extension PlantedFault {
    static let network = [
        PlantedFault("interface-renamed", .interfaceNotFound, "write `tcp_iface: eth9` for this node"),
        PlantedFault("interface-in-bridge", .interfaceNotReachable, "write `tcp_iface: br0` for this node"),
        PlantedFault("interface-mtu", .interfaceMTUDiffers, "set one MTU on all nodes"),
        PlantedFault("route-elsewhere", .routeOverOtherInterface, "correct the route"),
        PlantedFault("route-missing", .routeOverOtherInterface, "`ip route` and `ip rule`"),
        PlantedFault("switch-mtu", .bigPacketsLost, "set one MTU on bond0"),
        PlantedFault("rendezvous-dropped", .rendezvousUnreachable, "`iptables -I INPUT -p tcp -s "),
        // The head is who listens.
        PlantedFault("port-taken", .portInUse, "choose another `ports.rendezvous`", on: 1),
        PlantedFault("local-ports", .portHandedOut, "sysctl net.ipv4.ip_local_reserved_ports=8000", on: 1),
    ]

    static let hosts = [
        PlantedFault("memlock", .lockedMemoryLimited, "memlock unlimited"),
        PlantedFault("nofile", .openFilesLow, "nofile 1048576"),
        PlantedFault("shm-small", .sharedMemorySmall, "mount -o remount,size=32G /dev/shm"),
        PlantedFault("disk-full", .diskNearlyFull, "set `state_dir` to another disk"),
        PlantedFault("clock", .clockOff, "timedatectl set-ntp true"),
        PlantedFault("memory-low", .hostMemoryLow, "expect a slow load"),
        PlantedFault("powersave", .governorPowersave, "cpupower frequency-set -g performance"),
        PlantedFault("numa-balancing", .numaBalancing, "sysctl kernel.numa_balancing=0"),
    ]

    static let software = [
        PlantedFault("engine-left-over", .engineLeftOver, "end them: `kill "),
        PlantedFault("engine-missing", .engineMissing, "-m pip install sglang==0.5.9"),
        PlantedFault("engine-version", .engineVersionDiffers, "pip install sglang==0.5.9"),
        PlantedFault("engine-flags", .engineRefusesFlags, "remove or correct `trust-remote-code` in `args`"),
        PlantedFault("other-torch", .softwareDiffers, "install one release everywhere"),
        PlantedFault("other-nccl-build", .softwareDiffers, "install the same package everywhere"),
    ]

    static let containers = [
        PlantedFault("docker-no-runtime", .containerRuntimeMissing, "nvidia-ctk runtime configure", inContainers: true),
        PlantedFault("docker-no-image", .imageMissing, "docker pull lmsysorg/sglang:v0.5.9", inContainers: true),
        PlantedFault("docker-other-image", .imagesDiffer, "pull the image by its digest", inContainers: true),
    ]

    static let model = [
        PlantedFault("model-missing", .modelMissing, "copy or mount it"),
        PlantedFault("shard-missing", .modelFileMissing, "rsync -a --partial"),
        PlantedFault("shard-cut", .modelFileTruncated, "sha256sum"),
        PlantedFault("config-damaged", .modelConfigUnreadable, "copy `config.json` again"),
        PlantedFault("config-differs", .modelFilesDiffer, "copy the model from node1"),
    ]
}
