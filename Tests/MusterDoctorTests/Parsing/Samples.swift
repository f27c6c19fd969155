@testable import MusterDoctor

/// Short texts of every kind, composed from the programs' formats. They seed the mutations, so they are as short as a
/// text with every part of its form can be.
enum Samples {
    static func of(_ kind: ParserKind) -> [String] { texts[kind] ?? [] }

    private static let texts: [ParserKind: [String]] = [
        .topo: [
            "\t\u{1B}[4mGPU0\tNIC0\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\u{1B}[0m\n"
                + "GPU0\t X \tPIX\t0-3\t0\t\tN/A\nNIC0\tPIX\t X \t\t\t\t\n\nNIC Legend:\n\n  NIC0: mlx5_0\n",
            "      GPU0  mlx5_0 CPU Affinity\nGPU0   X    SYS    0-31,64-95\nmlx5_0 SYS   X\n",
        ],
        .topoSingle: ["\tGPU0\tCPU Affinity\tNUMA Affinity\nGPU0\t X \t0-7\t0\n"],
        .smiQuery: ["index, name, memory.total [MiB], pci.bus_id\n0, NVIDIA L40S, 46068 MiB, 00000000:01:00.0\n"],
        .smiComputeApps: ["gpu_uuid, pid, process_name, used_gpu_memory [MiB]\nGPU-0, 12, python3, 512 MiB\n"],
        .smiList: ["GPU 0: NVIDIA H100 (UUID: GPU-0)\n  MIG 3g.40gb     Device  0: (UUID: MIG-0)\n"],
        .smiTable: [
            "| NVIDIA-SMI 550.54  Driver Version: 550.54  CUDA Version: 12.4 |\n"
                + "|   0  NVIDIA L40S   Off |   00000000:01:00.0 Off |  0 |\n"
                + "| N/A  35C  P0 66W | 12MiB / 46068MiB |  3%  Default |\n|  |  | N/A |\n"
                + "| Processes: |\n|  0  N/A  N/A  77  C  python3  12MiB |\n"
        ],
        .smiQ: [
            "Driver Version : 550.54\nAttached GPUs : 1\nGPU 00000000:01:00.0\n    Product Name : L40S\n"
                + "    FB Memory Usage\n        Total : 46068 MiB\n    Processes\n        Process ID : 7\n"
        ],
        .smiPageRetirement: ["GPU 00000001:00:00.0\n    Retired Pages\n        Double Bit ECC : 5\n"],
        .smiVersion: ["NVIDIA-SMI version  : 595.80\nDRIVER version      : 595.80\nCUDA Version        : 13.2\n"],
        .smiNVLink: ["GPU 0: NVIDIA H100 (UUID: GPU-0)\n\t Link 0: 26.562 GB/s\n\t Link 1: <inactive>\n"],
        .ibvDevinfo: [
            "hca_id:\tmlx5_0\n\tfw_ver:\t\t28.40.1000\n\t\tport:\t1\n\t\t\tstate:\t\tPORT_ACTIVE (4)\n"
                + "\t\t\tactive_mtu:\t4096 (5)\n\t\t\tGID[  3]:\t::ffff:10.0.0.1, RoCE v2\n"
        ],
        .ibstat: ["CA 'mlx5_0'\n\tCA type: MT4129\n\tPort 1:\n\t\tState: Active\n\t\tRate: 200\n"],
        .ibstatus: ["Infiniband device 'mlx5_0' port 1 status:\n\tstate:\t4: ACTIVE\n\trate:\t100 Gb/sec (4X EDR)\n"],
        .ibdev2netdev: ["mlx5_0 port 1 ==> ens1f0 (Up)\nmlx5_1 port 1 ==> ens1f1 (Down)\n"],
        .rdmaLink: [
            "link mlx5_0/1 state ACTIVE physical_state LINK_UP netdev p1p1\n",
            #"[{"ifname":"mlx5_0","port":1,"state":"ACTIVE","netdev":"p1p1"}]"#,
        ],
        .showGIDs: [
            "DEV\tPORT\tINDEX\tGID\tIPv4\tVER\tDEV\nmlx5_0\t1\t0\tfe80::1\t\tv1\teth0\n"
                + "mlx5_0\t1\t3\t::ffff:10.0.0.1\t10.0.0.1\tv2\teth0\nn_gids_found=2\n"
        ],
        .sysfsInfiniBand: [
            "mlx5_0/hca_type=MT4129\nmlx5_0/ports/1/state=4: ACTIVE\nmlx5_0/ports/1/rate=400 Gb/sec (4X NDR)\n"
                + "mlx5_0/ports/1/gids/3=::ffff:10.0.0.1\nmlx5_0/ports/1/gid_attrs/types/3=RoCE v2\n"
        ],
        .sysfsPCI: [
            "0000:19:00.0/current_link_width=8\n0000:19:00.0=/sys/devices/pci0000:16/0000:16:01.0/0000:19:00.0\n"
        ],
        .ipAddress: [
            "2: eth0@if3: <UP,LOWER_UP> mtu 9000 state UP\n    link/ether 00:00:00:00:00:01\n"
                + "    inet 10.0.0.1/24 scope global eth0\n",
            #"[{"ifindex":2,"ifname":"eth0","flags":["UP"],"mtu":1500,"#
                + #""addr_info":[{"local":"10.0.0.1","prefixlen":24}]}]"#,
        ],
        .ipRoute: [
            "10.0.0.2 via 10.0.0.1 dev eth0 src 10.0.0.5 uid 0\n    cache\n",
            #"[{"dst":"default","gateway":"10.0.0.1","dev":"eth0","metric":100}]"#,
        ],
        .bonding: [
            "Ethernet Channel Bonding Driver: v5\nBonding Mode: x\nMII Status: up\n\n"
                + "Slave Interface: e1\nSpeed: 25000 Mbps\n"
        ],
        .lspci: [
            "17:00.0 PCI bridge [0604]: LSI [1000:c030] (rev b0)\n\tLnkSta:\tSpeed 16GT/s (downgraded), Width x4 (ok)\n"
        ],
        .dmesg: [
            "[    7.000123] NVRM: Xid (PCI:0000:0f:00): 79, pid=12, name=python3, GPU has fallen off the bus.\n",
            "6,1,1002003,-;mlx5_core 0000:9c:00.0: 126.028 Gb/s available PCIe bandwidth, limited by 32.0 GT/s "
                + "PCIe x4 link at 0000:5d:02.0 (capable of 504.112 Gb/s with 32.0 GT/s PCIe x16 link)\n",
        ],
        .fabricManager: [
            "[Mar  3 2025 15:16:17] [ERROR] [tid 1] detected NVSwitch fatal error 12022 on "
                + "pci bus id 00000000:c3:00.0 port 14\n"
        ],
        .ncclTests: [
            "#  Rank  0 Pid 1 on host-a device  0\n"
                + " 1024 256 float sum -1 36.5 0.03 0.05 0 35.7 0.03 0.05 0\n# Avg bus bandwidth : 0.05\n"
        ],
        .ncclLog: [
            "a:1:2 [0] NCCL INFO NET/IB : Using [0]mlx5_0:1/RoCE [RO]; OOB eth0:10.0.0.1<0>\n"
                + "a:1:2 [0] NCCL INFO Channel 00/0 : 8[0] -> 0[0] [receive] via NET/IB/0/GDRDMA\n"
        ],
        .ibWriteBandwidth: [
            "Device : mlx5_0\n #bytes #iterations BW peak[MB/sec] BW average[MB/sec]\n"
                + " 65536 5000 11728.1 11728.0 0.18\n"
        ],
        .df: ["Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 100 40 60 40% /data disk\n"],
        .meminfo: ["MemTotal:       1024 kB\nMemAvailable:    512 kB\nHugePages_Total:       0\n"],
        .modules: ["nvidia_peermem 16384 0 - Live 0x0000000000000000 (OE)\nib_core 100 2 a,b, Live 0x0\n"],
        .ulimit: ["max locked memory           (kbytes, -l) 64\nopen files                          (-n) 1024\n"],
        .safetensors: ["\u{3C}\0\0\0\0\0\0\0{\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}       "],
        .modelIndex: [#"{"metadata":{"total_size":4},"weight_map":{"a.weight":"model-1.safetensors"}}"#],
        .modelConfig: [
            #"{"model_type":"llama","hidden_size":64,"num_hidden_layers":2,"num_attention_heads":4,"#
                + #""num_key_value_heads":2,"intermediate_size":128,"vocab_size":100,"torch_dtype":"bfloat16"}"#,
            #"{"architectures":["A"],"text_config":{"num_hidden_layers":4,"hidden_size":8,"num_attention_heads":2,"#
                + #""kv_lora_rank":4,"qk_rope_head_dim":2,"qk_nope_head_dim":2,"v_head_dim":2,"n_routed_experts":8,"#
                + #""moe_intermediate_size":4,"first_k_dense_replace":1},"quantization_config":"#
                + #"{"quant_method":"fp8","weight_block_size":[2,2]}}"#,
        ],
    ]
}
