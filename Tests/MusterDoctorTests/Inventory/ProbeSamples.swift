/// The answer of a healthy node: eight L40S, two HCAs with the GID tables of mlx5, SGLang and a model.
extension ProbeComposer {
    static let healthy: ProbeComposer = {
        var probe = ProbeComposer()
        probe.add("clock", "1003.250000000\n")
        probe.add(
            "host",
            """
            boot_id=90d0803e-5880-4306-badf-44e9b85953eb
            hostname=gpu-3
            kernel=6.8.0-60-generic
            machine=x86_64
            uid=1000
            home=/home/ops
            os="Ubuntu 24.04.2 LTS"
            cmdline=BOOT_IMAGE=/vmlinuz root=/dev/sda2 iommu=pt quiet
            /proc/sys/kernel/numa_balancing=0
            /proc/sys/net/ipv4/ip_local_port_range=32768\t60999
            /sys/devices/system/cpu/online=0-127
            /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor=performance
            iommu_groups=214

            """
        )
        probe.add(
            "limits",
            "Limit                     Soft Limit           Hard Limit           Units\n"
                + "Max open files            1048576              1048576              files\n"
                + "Max locked memory         unlimited            unlimited            bytes\n"
        )
        probe.add("memory", "MemTotal:       1056762740 kB\nMemAvailable:   1000000000 kB\nHugetlb:   0 kB\n")
        probe.add(
            "modules",
            "nvidia_peermem 16384 0 - Live 0x0 (OE)\nnvidia 56823808 2 nvidia_peermem, Live 0x0\nmlx5_core 1 1 - Live 0x0\n"
        )
        probe.add(
            "drivers",
            "driver=NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.144.03\ndriver=GCC version:  gcc 13\n"
                + "/sys/module/nvidia/version=550.144.03\n"
        )
        probe.add("pci", pci)
        probe.add("infiniband", infiniBand)
        probe.add(
            "rdma_software",
            "ofed=MLNX_OFED_LINUX-24.10\nibverbs=libibverbs.so.1.14\ndevices=rdma_cm uverbs0 uverbs1\n"
        )
        probe.add(
            "interfaces",
            "/sys/class/net/ens1f0/operstate=up\n/sys/class/net/ens1f0/mtu=9000\n/sys/class/net/ens1f0/speed=100000\n"
                + "/sys/class/net/ens1f0/statistics/tx_bytes=17411323\n/sys/class/net/docker0/bridge=yes\n"
                + "/sys/class/net/ens9/operstate=down\n/sys/class/net/ens9/speed=-1\n/sys/class/net/ens9/master=bond0\n"
        )
        probe.add("bonds", "", status: 127)
        probe.add(
            "listeners",
            "00000000:0016 0 1678\n0100007F:0CEA 112 990\n00000000000000000000000000000000:7530 1000 77\n"
                + "0000000000000000FFFF00000500000A:7531 0 78\n000080FE00000000FF0100020010FEFF:0016 0 79\n"
        )
        probe.add("addresses", addresses)
        probe.add(
            "routes",
            #"[{"dst":"default","gateway":"10.0.0.1","dev":"ens1f0"},{"dst":"10.0.0.0/24","dev":"ens1f0"}]"#
        )
        probe.add(
            "ways",
            "peer=10.0.0.4 10.0.0.4 dev ens1f0 src 10.0.0.3 uid 1000 \npeer=10.0.9.9 RTNETLINK answers: Network is unreachable\n"
        )
        probe.add("kernel_log", "")
        probe.add("names", "user=ops\nown_address=10.0.0.3\n")
        probe.add(
            "software",
            #"{"python": "3.11.7", "executable": "/opt/sglang/bin/python3", "packages": {"sglang": "0.5.9", "torch": "#
                + #""2.9.1"}, "torch_cuda": "12.8", "nccl": {"path": "/x/libnccl.so.2", "bytes": 7, "head": "00ff"}}"#
        )
        probe.add("processes", "4711 1000 ops 86400 1 - python3 -m sglang.launch_server --model-path /m\n")
        probe.add(
            "containers",
            "runtimes={\"nvidia\":{\"path\":\"x\"},\"runc\":{}}\nroot=/var/lib/docker\nversion=27.3.1\nimage=sha256:01\n"
                + "digests=[\"lmsysorg/sglang@sha256:02\"]\n"
        )
        probe.add("congestion", "/sys/class/infiniband/mlx5_0/tc/1/traffic_class=106\nens1f0.rx_discards_phy=0\n")
        probe.add("access_control", "0000:17:00.0 PCI bridge: LSI\n\t\tACSCtl:\tSrcValid- ReqRedir-\n")
        probe.add("disks", disks)
        probe.add("model", model)
        probe.add("engine", #"{"engine": "sglang", "complaints": []}"#)
        probe.add("gpus", gpus)
        probe.add("apps", "gpu_uuid, pid, process_name, used_gpu_memory [MiB]\nGPU-0, 4711, python3, 40000 MiB\n")
        probe.add(
            "holders",
            "4711 1000 ops 86400 1 - python3 -m sglang.launch_server\n4713 1000 ops 9 4711 demo sglang::x\n"
        )
        probe.add("topology", topology)
        probe.add("nvlink", "")
        probe.add("clock_after", "1005.250000000\n")
        return probe
    }()
}
