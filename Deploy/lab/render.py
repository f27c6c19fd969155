"""Which files show what a machine is like: sysfs, what the stand-in programs print, packages, the model."""

from __future__ import annotations

import json

from machine import DRIVER, MODEL, NVIDIA_SMI, SHARD_DATA, SHARDS, SLOTS_OF_GID_TABLE, STATE
from machine import Entry, Link, Machine, Port, Program, Slot, Sparse

EMPTY_GID = "0000:0000:0000:0000:0000:0000:0000:0000"
TAB = "\t"


def render(machine: Machine) -> dict[str, Entry]:
    files: dict[str, Entry] = {}
    for part in (pci, infiniband, kernel, gpus, programs, verbs, packages, model):
        files.update(part(machine))
    return files


# --- sysfs ----------------------------------------------------------------------------------------------------------


def pci(machine: Machine) -> dict[str, Entry]:
    files: dict[str, Entry] = {}
    for gpu in machine.gpus:
        files |= device(gpu.slot, "0x10de", "0x26b9", "0x030200", "nvidia")
    for port in machine.ports:
        files |= device(port.slot, "0x15b3", "0x101d", "0x020000", "mlx5_core", port.speed, port.width)
        files[f"{port.slot.path}/net/{port.netdev}"] = None
    return files


def device(
    slot: Slot, vendor: str, number: str, code: str, driver: str, speed: str = "16.0 GT/s PCIe", width: int = 16
) -> dict[str, Entry]:
    files: dict[str, Entry] = {}
    path = f"/sys/devices/pci0000:{slot.root:02x}"
    for bridge in slot.bridges:
        path += "/" + bridge
        files |= attributes(path, bridge, "0x1000", "0xc030", "0x060400", slot.numa_node, "16.0 GT/s PCIe", 16)
        files[f"{path}/driver"] = Link("/sys/bus/pci/drivers/pcieport")
    files |= attributes(slot.path, slot.address, vendor, number, code, slot.numa_node, speed, width)
    files[f"{slot.path}/driver"] = Link(f"/sys/bus/pci/drivers/{driver}")
    for name in (driver, "pcieport"):
        files[f"/sys/bus/pci/drivers/{name}"] = None
    return files


def attributes(
    path: str, address: str, vendor: str, number: str, code: str, numa_node: int, speed: str, width: int
) -> dict[str, Entry]:
    return {
        f"/sys/bus/pci/devices/{address}": Link(path),
        f"{path}/vendor": vendor, f"{path}/device": number, f"{path}/class": code, f"{path}/numa_node": str(numa_node),
        f"{path}/current_link_speed": speed, f"{path}/max_link_speed": "16.0 GT/s PCIe",
        f"{path}/current_link_width": str(width), f"{path}/max_link_width": "16",
    }  # fmt: skip


def infiniband(machine: Machine) -> dict[str, Entry]:
    files: dict[str, Entry] = {}
    if any(port.has_verbs for port in machine.ports):
        files["/sys/class/infiniband"] = None
    for port in machine.ports:
        if port.has_verbs:
            files |= hca(machine, port)
    return files


def hca(machine: Machine, port: Port) -> dict[str, Entry]:
    path = f"{port.slot.path}/infiniband/{port.name}"
    guid = f"b859:9f03:00{port.rail:02x}:00{machine.number:02x}"
    base = f"{path}/ports/1"
    files: dict[str, Entry] = {
        f"/sys/class/infiniband/{port.name}": Link(path), f"{path}/device": Link(port.slot.path),
        f"{path}/fw_ver": "22.39.1002", f"{path}/hca_type": "MT4125", f"{path}/board_id": "MT_0000000359",
        f"{path}/node_guid": guid, f"{path}/tc/1/traffic_class": "Global tclass=106",
        f"{base}/state": port.state, f"{base}/phys_state": port.physical_state, f"{base}/rate": port.rate,
        f"{base}/link_layer": port.link_layer,
        f"{base}/counters/port_xmit_data": "125000000", f"{base}/counters/port_rcv_data": "125000000",
        f"{base}/counters/link_downed": "0", f"{base}/counters/symbol_error": "0",
        f"{base}/hw_counters/out_of_sequence": "0", f"{base}/hw_counters/local_ack_timeout_err": "0",
    }  # fmt: skip
    for index in range(SLOTS_OF_GID_TABLE):
        # The kernel refuses to tell the type of an empty slot; a file that is not there does, too.
        files[f"{base}/gids/{index}"] = port.gids[index][0] if index in port.gids else EMPTY_GID
    for index, (_, kind) in port.gids.items():
        files[f"{base}/gid_attrs/types/{index}"] = kind
        files[f"{base}/gid_attrs/ndevs/{index}"] = port.netdev
    return files


def kernel(machine: Machine) -> dict[str, Entry]:
    """Files of /proc stand below STATE and are bound over their places, as far as the kernel has these."""
    files: dict[str, Entry] = {
        "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": machine.governor,
        "/sys/module/nvidia/version": DRIVER,
        "/proc/driver/nvidia/version": machine.driver_text + "\nGCC version:  gcc version 13.2.0",
        "/proc/sys/net/ipv4/ip_local_port_range": machine.local_ports,
        f"{STATE}/proc/cmdline": machine.command_line,
        f"{STATE}/proc/meminfo": f"MemTotal:       1056762740 kB\nMemFree:        {machine.memory_available} kB\n"
        f"MemAvailable:   {machine.memory_available} kB\nHugePages_Total:       0\nHugetlb:               0 kB",
        f"{STATE}/proc/sys/kernel/numa_balancing": str(int(machine.is_numa_balancing)),
        f"{STATE}/proc/modules": "\n".join(f"{name} 16384 1 - Live 0x0000000000000000" for name in machine.modules),
    }
    for group in range(3):
        files[f"/sys/kernel/iommu_groups/{group}"] = None
    return files


# --- programs -------------------------------------------------------------------------------------------------------


def gpus(machine: Machine) -> dict[str, Entry]:
    listed = [gpu for gpu in machine.gpus if gpu.is_listed]
    files: dict[str, Entry] = {f"{STATE}/gpu": None, f"{STATE}/topology": topology(machine)}
    for index, gpu in enumerate(listed):
        fields = {"uuid": gpu.uuid, "pci.bus_id": f"0000{gpu.slot.address}".upper(), **gpu.fields}
        files[f"{STATE}/gpu/{index}"] = "\n".join(f"{name} {value}" for name, value in fields.items())
    files[f"{STATE}/docker.json"] = json.dumps(machine.docker)
    if machine.failure is not None:
        files[f"{STATE}/failure"] = machine.failure
    if machine.warning is not None:
        files[f"{STATE}/warning"] = machine.warning
    return files


def topology(machine: Machine) -> str:
    ports = [port for port in machine.ports if port.has_verbs]
    listed = [gpu.slot for gpu in machine.gpus if gpu.is_listed]
    labels = [f"GPU{index}" for index in range(len(listed))] + [f"NIC{index}" for index in range(len(ports))]
    places = listed + [port.slot for port in ports]
    heads = TAB.join(labels)
    lines = [f"\t\033[4m{heads}\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\033[0m"]
    for label, place in zip(labels, places):
        cores = f"{32 * place.numa_node}-{32 * place.numa_node + 31}"
        tail = f"\t{cores}\t{place.numa_node}\t\tN/A" if label.startswith("GPU") else "\t\t\t\t"
        lines.append(label + TAB + TAB.join(place.distance(other) for other in places) + tail)
    lines += ["", "Legend:", "", "  X    = Self", "  SYS  = Across the sockets", "  NODE = Within one socket"]
    lines += ["  PIX  = Behind one PCIe switch"]
    if ports:
        lines += ["", "NIC Legend:", ""] + [f"  NIC{index}: {port.name}" for index, port in enumerate(ports)]
    return "\n".join(lines)


def listing(machine: Machine) -> str:
    """`lspci -Dvvv`, of what matters."""
    slots = [gpu.slot for gpu in machine.gpus] + [port.slot for port in machine.ports]
    off = "SrcValid- TransBlk- ReqRedir- CmpltRedir- UpstreamFwd- EgressCtrl- DirectTrans-"
    blocks = {}
    for bridge in {bridge for slot in slots for bridge in slot.bridges}:
        control = machine.access_control.get(bridge, off)
        blocks[bridge] = f"{bridge} PCI bridge: Broadcom / LSI PEX890xx PCIe Gen 5 Switch\n\t\tACSCtl:\t{control}\n"
    for gpu in machine.gpus:
        blocks[gpu.slot.address] = f"{gpu.slot.address} 3D controller: NVIDIA Corporation AD102GL [L40S] (rev a1)\n"
    for port in machine.ports:
        name = "Mellanox Technologies MT2892 Family [ConnectX-6 Dx]"
        speed = port.speed.split(" ")[0].removesuffix(".0")
        blocks[port.slot.address] = (
            f"{port.slot.address} Ethernet controller: {name}\n"
            "\t\tLnkCap:\tPort #0, Speed 16GT/s, Width x16, ASPM not supported\n"
            f"\t\tLnkSta:\tSpeed {speed}GT/s, Width x{port.width}\n"
        )
    return "\n".join(blocks[address] for address in sorted(blocks))


def limits(machine: Machine) -> str:
    rows = [
        ("Max processes", "unlimited", "processes"), ("Max open files", str(machine.open_files), "files"),
        ("Max locked memory", machine.locked_memory, "bytes"),
    ]  # fmt: skip
    lines = [f"{'Limit':<26}{'Soft Limit':<21}{'Hard Limit':<21}Units"]
    return "\n".join(lines + [f"{name:<26}{value:<21}{value:<21}{unit}" for name, value, unit in rows])


def programs(machine: Machine) -> dict[str, Entry]:
    """They stand before the real ones in PATH."""
    directory = "/usr/local/bin"

    def script(text: str) -> Program:
        return Program(f"#!/bin/sh\n{text}")

    files: dict[str, Entry] = {
        f"{STATE}/dmesg": "\n".join(["[   10.000001] NVRM: loading NVIDIA UNIX Open Kernel Module", *machine.kernel_log]),
        f"{STATE}/lspci": listing(machine),
        f"{STATE}/limits": limits(machine),
        f"{directory}/dmesg": script(f"exec /bin/cat {STATE}/dmesg"),
        f"{directory}/lspci": script(f"exec /bin/cat {STATE}/lspci"),
        f"{directory}/ofed_info": script(f"echo '{machine.ofed}:'"),
        # Nothing can be mounted over a file that is another one for each process, and a container may not raise limits.
        f"{directory}/cat": script(f'[ "$*" != /proc/self/limits ] || set -- {STATE}/limits\nexec /bin/cat "$@"'),
    }
    if machine.has_smi:
        files[f"{directory}/nvidia-smi"] = Program(NVIDIA_SMI)
    if machine.clock_ahead:
        # The wall clock is one for all hosts.
        files[f"{directory}/date"] = script(
            "case $* in\n    +%s*) ;;\n    *) exec /bin/date \"$@\" ;;\nesac\n"
            'now=$(/bin/date "$@")\nwhole=${now%%.*}\n'
            f"printf '%s%s\\n' $((whole + {machine.clock_ahead})) \"${{now#\"$whole\"}}\""
        )
    if machine.kernel:
        files[f"{directory}/uname"] = script(
            f'/bin/uname "$@" | sed "s/$(/bin/uname -r)/{machine.kernel}/"'
        )
    return files


# --- software -------------------------------------------------------------------------------------------------------


def verbs(machine: Machine) -> dict[str, Entry]:
    files: dict[str, Entry] = {}
    if machine.has_verbs_files:
        files["/dev/infiniband/rdma_cm"] = ""
        for index in range(sum(port.has_verbs for port in machine.ports)):
            files[f"/dev/infiniband/uverbs{index}"] = ""
    if machine.has_verbs_library:
        files["/usr/lib/muster-lab/libibverbs.so.1.14.51.0"] = ""
    return files


def packages(machine: Machine) -> dict[str, Entry]:
    versions = {"torch": machine.torch, "nvidia_nccl_cu12": machine.nccl}
    if machine.sglang:
        versions["sglang"] = machine.sglang
    files: dict[str, Entry] = {
        machine.package("torch/version.py"): f"__version__ = '{machine.torch}'\ncuda: str = '{machine.torch_cuda}'",
        machine.package("nvidia/nccl/lib/libnccl.so.2"): f"NCCL {machine.nccl}, build {machine.nccl_build}",
    }
    for name, version in versions.items():
        files[machine.package(f"{name}-{version}.dist-info/METADATA")] = (
            f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {version}"
        )
    if machine.package("sglang") not in machine.hidden:
        files[machine.package("sglang/flags-0.5.9.txt")] = machine.options
    return files


def model(machine: Machine) -> dict[str, Entry]:
    files: dict[str, Entry] = {f"{MODEL}/config.json": machine.config}
    tensors = {f"model.layers.{index}.weight": shard for index, shard in enumerate(SHARDS)}
    index = {"metadata": {"total_size": SHARD_DATA * len(SHARDS)}, "weight_map": tensors}
    files[f"{MODEL}/model.safetensors.index.json"] = machine.index_text or json.dumps(index, indent=2)
    for name, shard in tensors.items():
        if shard not in machine.shards:
            continue
        text = json.dumps({name: {"dtype": "BF16", "shape": [SHARD_DATA // 2], "data_offsets": [0, SHARD_DATA]}})
        header = len(text).to_bytes(8, "little") + text.encode()
        copied = machine.shards[shard]
        files[f"{MODEL}/{shard}"] = Sparse(header, len(header) + SHARD_DATA if copied is None else copied)
    return files
