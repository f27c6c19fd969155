"""What can be wrong with a machine: one row for each fault, an edit of the description of a healthy one.

Where a fault has a line in the kernel log or hides another thing, as a lost GPU hides itself from nvidia-smi, the edit
makes all of it. Numbers and names are those of the node that the tests choose; nothing else chooses any.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from machine import MODEL, SHARDS, Action, Machine, Process, Slot, gid_table, rail_address

REDIRECTS = "SrcValid+ TransBlk- ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans-"
GIB = 1024


@dataclass(frozen=True)
class Fault:
    text: str
    plant: Callable[[Machine], None]


FAULTS: dict[str, Fault] = {}


def fault(name: str, text: str) -> Callable[[Callable[[Machine], None]], Callable[[Machine], None]]:
    def add(plant: Callable[[Machine], None]) -> Callable[[Machine], None]:
        FAULTS[name] = Fault(text, plant)
        return plant

    return add


def field(name: str, text: str, gpus: range, /, **fields: str) -> None:
    """A fault of nothing but fields that nvidia-smi shows; `__` stands for a dot."""

    @fault(name, text)
    def plant(machine: Machine) -> None:
        for index in gpus:
            machine.gpus[index].fields |= {key.replace("__", "."): value for key, value in fields.items()}


def value(name: str, text: str, /, **values: object) -> None:
    """A fault of nothing but another value in the description."""

    @fault(name, text)
    def plant(machine: Machine) -> None:
        for key, wanted in values.items():
            setattr(machine, key, wanted)


def xid(machine: Machine, gpu: int, rest: str) -> None:
    address = machine.gpus[gpu].slot.address.removesuffix(".0")
    machine.kernel_log.append(f"[   99.100000] NVRM: Xid (PCI:{address}): {rest}")


# --- GPUs -----------------------------------------------------------------------------------------------------------

ALL = range(8)
field("gpu-ecc", "GPU 4 has uncorrected memory errors", range(4, 5), ecc__errors__uncorrected__volatile__total="3")
field("gpu-remap-failed", "a memory row of GPU 5 could not be remapped", range(5, 6), remapped_rows__failure="Yes")
field("gpu-remap-pending", "a memory row of GPU 5 waits to be remapped", range(5, 6), remapped_rows__pending="Yes")
field("gpu-page-pending", "a memory page of GPU 1 waits to be retired", range(1, 2), retired_pages__pending="Yes")
field("gpu-recovery", "the driver wants GPU 6 to be reset", range(6, 7), gpu_recovery_action="Reset")
field("gpu-mig", "MIG is on, on GPU 3", range(3, 4), mig__mode__current="Enabled")
field("gpu-exclusive", "GPUs 3 and 4 take one process each", range(3, 5), compute_mode="Exclusive_Process")
field("gpu-no-persistence", "persistence mode is off", ALL, persistence_mode="Disabled")
field("gpu-fabric", "the fabric manager has not come up", ALL, fabric__state="In Progress", fabric__status="N/A")
field("gpu-narrow", "GPU 2 has eight PCIe lanes of sixteen", range(2, 3), pcie__link__width__current="8")
field("gpu-other-model", "the cards are L40", ALL, name="NVIDIA L40")
field("gpu-other-memory", "the cards run without ECC", ALL, memory__total="49140", ecc__mode__current="Disabled")
field("gpu-other-driver", "another release of the driver", ALL, driver_version="535.161.08")
field("gpu-hidden-tenant", "GPU 7 has memory in use, and no process", range(7, 8), memory__used="20480",
      memory__free="24979")  # fmt: skip
field("gpu-reserved", "the driver keeps 6 GiB of GPU 2 for itself", range(2, 3), memory__reserved="6144",
      memory__free="39923")  # fmt: skip
field("gpu-lost", "nvidia-smi says that GPU 3 is lost", range(3, 4), memory__total="[GPU is lost]",
      memory__used="[GPU is lost]", memory__free="[GPU is lost]")  # fmt: skip
value("gpu-inforom", "the records of GPU 1 are corrupted", warning="WARNING: infoROM is corrupted at gpu 0000:1A:00.0")
value("smi-missing", "there is no nvidia-smi", has_smi=False)
value("smi-failed", "nvidia-smi does not reach the driver", failure="9\nNVIDIA-SMI has failed because it couldn't "
      "communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.")  # fmt: skip
value("smi-mismatch", "the driver was updated under the kernel", failure="18\nFailed to initialize NVML: Driver/library "
      "version mismatch")  # fmt: skip
value("smi-hangs", "nvidia-smi does not come back", failure="hang\n")


@fault("gpu-missing", "GPU 7 is on the bus, and the driver does not list it")
def gpu_missing(machine: Machine) -> None:
    machine.gpus[7].is_listed = False


@fault("gpu-absent", "GPU 7 is not even on the bus")
def gpu_absent(machine: Machine) -> None:
    del machine.gpus[7]


@fault("gpu-fell-off", "GPU 7 has fallen off the bus")
def gpu_fell_off(machine: Machine) -> None:
    machine.gpus[7].is_listed = False
    xid(machine, 7, "79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.")


@fault("gpu-xid", "the system processor of GPU 2 did not answer, twice")
def gpu_xid(machine: Machine) -> None:
    for _ in range(2):
        xid(machine, 2, "119, pid=20, name=python3, Timeout after 6s of waiting for RPC response from GPU2 GSP!")
    machine.gpus[2].fields["gpu_recovery_action"] = "Reset"


@fault("gpu-tenant", "somebody trains on GPUs 1 and 2")
def gpu_tenant(machine: Machine) -> None:
    for gpu in (1, 2):
        machine.processes.append(Process(("/home/ada/train", "infinity"), gpu=gpu, mebibytes=30 * GIB))


# --- RDMA -----------------------------------------------------------------------------------------------------------


@fault("port-off", "a port is switched off")
def port_off(machine: Machine) -> None:
    machine.port("mlx5_1").switch_off()


@fault("port-no-cable", "a port has no cable")
def port_no_cable(machine: Machine) -> None:
    machine.port("mlx5_3").switch_off("2: Polling")


@fault("ports-off", "five of six ports were never switched on")
def ports_off(machine: Machine) -> None:
    for port in machine.ports[1:]:
        port.switch_off()
        port.gids = {index: gid for index, gid in port.gids.items() if index < 2}


@fault("port-slow", "a cable fell back to 25 Gb/s")
def port_slow(machine: Machine) -> None:
    machine.port("mlx5_2").rate = "25 Gb/sec (1X EDR)"


@fault("port-infiniband", "one port is InfiniBand, the others are RoCE")
def port_infiniband(machine: Machine) -> None:
    machine.port("mlx5_5").link_layer = "InfiniBand"


@fault("nic-moved", "the third card is under another switch than on the other hosts")
def nic_moved(machine: Machine) -> None:
    for function in range(2):
        machine.ports[4 + function].slot = Slot(1, 3, function)


@fault("nic-missing", "the second card is gone")
def nic_missing(machine: Machine) -> None:
    del machine.ports[2:4]


@fault("nics-missing", "no RDMA card is there")
def nics_missing(machine: Machine) -> None:
    machine.ports.clear()


@fault("nic-no-driver", "the second card has no RDMA driver")
def nic_no_driver(machine: Machine) -> None:
    for port in machine.ports[2:4]:
        port.has_verbs = False


@fault("nics-no-driver", "no card has an RDMA driver")
def nics_no_driver(machine: Machine) -> None:
    for port in machine.ports:
        port.has_verbs = False


@fault("nic-narrow", "the first card has four PCIe lanes of sixteen")
def nic_narrow(machine: Machine) -> None:
    for port in machine.ports[:2]:
        port.width = 4


@fault("nic-slow-slot", "the first card is in a slot of the third generation")
def nic_slow_slot(machine: Machine) -> None:
    for port in machine.ports[:2]:
        port.speed = "8.0 GT/s PCIe"


@fault("gid-shifted", "the GID tables have the IPv4 address two slots later")
def gid_shifted(machine: Machine) -> None:
    for port in machine.ports:
        port.gids = gid_table(port.rail, machine.number, first=3)


@fault("gid-one-shifted", "one port has its IPv4 address elsewhere in the table than the others")
def gid_one_shifted(machine: Machine) -> None:
    port = machine.port("mlx5_4")
    port.gids = gid_table(port.rail, machine.number, first=6)


@fault("gid-no-address", "a rail has lost its IPv4 address")
def gid_no_address(machine: Machine) -> None:
    port = machine.port("mlx5_1")
    port.gids = {index: gid for index, gid in port.gids.items() if index < 2}
    address = f"{rail_address(port.rail, machine.number)}/24"
    machine.actions.append(Action(f"addr del {address} dev {port.netdev}", f"addr add {address} brd + dev {port.netdev}"))


@fault("rail-mtu", "the rails have small packets")
def rail_mtu(machine: Machine) -> None:
    def all_to(mtu: int) -> str:
        return "\n".join(f"link set {port.netdev} mtu {mtu}" for port in machine.ports)

    machine.actions.append(Action(all_to(1500), all_to(9000)))


@fault("acs", "access control is on, on the way to the third card")
def acs(machine: Machine) -> None:
    for bridge in machine.port("mlx5_4").slot.bridges[1:]:
        machine.access_control[bridge] = REDIRECTS


@fault("no-peer-memory", "proprietary modules, and no nvidia-peermem")
def no_peer_memory(machine: Machine) -> None:
    machine.modules.remove("nvidia_peermem")
    machine.driver_text = machine.driver_text.replace("UNIX Open Kernel Module for x86_64", "UNIX x86_64 Kernel Module")


value("iommu", "the IOMMU translates", command_line="BOOT_IMAGE=/vmlinuz root=/dev/sda2 ro quiet intel_iommu=on")
value("no-verbs-files", "there is no /dev/infiniband", has_verbs_files=False)
value("no-verbs-library", "there is no libibverbs", has_verbs_library=False)
value("other-ofed", "another release of OFED", ofed="MLNX_OFED_LINUX-23.10-0.5.5.0")


# --- network --------------------------------------------------------------------------------------------------------


@fault("interface-renamed", "bond0 is called eth9")
def interface_renamed(machine: Machine) -> None:
    def rename(old: str, new: str) -> str:
        gateway = machine.address(254)
        return f"link set {old} down\nlink set {old} name {new}\nlink set {new} up\nroute add default via {gateway}"

    machine.actions.append(Action(rename("bond0", "eth9"), rename("eth9", "bond0")))


@fault("interface-in-bridge", "bond0 was put into a bridge, which has its address now")
def interface_in_bridge(machine: Machine) -> None:
    address, way = f"{machine.address()}/24", f"route replace default via {machine.address(254)}"
    machine.actions.append(
        Action(
            f"link add br0 type bridge\nlink set bond0 master br0\naddr del {address} dev bond0\n"
            f"addr add {address} brd + dev br0\nlink set br0 up\n{way}",
            f"link del br0\naddr add {address} brd + dev bond0\n{way}",
        )
    )


@fault("interface-mtu", "bond0 takes smaller packets than on the other hosts")
def interface_mtu(machine: Machine) -> None:
    machine.actions.append(Action("link set bond0 mtu 1400", "link set bond0 mtu 1500"))


@fault("route-elsewhere", "packets to the first host leave over a rail")
def route_elsewhere(machine: Machine) -> None:
    way = f"{machine.address(1)}/32 dev {machine.ports[0].netdev}"
    machine.actions.append(Action(f"route add {way}", f"route del {way}"))


@fault("route-missing", "there is no way to the first host")
def route_missing(machine: Machine) -> None:
    way = f"unreachable {machine.address(1)}/32"
    machine.actions.append(Action(f"route add {way}", f"route del {way}"))


value("switch-mtu", "the switch drops what is longer than 1400 bytes, without a word", switch_mtu=1400)


value("switch-slow", "the switch sends no more than 32 Mb/s to the host", switch_rate="32mbit")


@fault("rendezvous-dropped", "what port 5000 answers is dropped, as by a firewall")
def rendezvous_dropped(machine: Machine) -> None:
    machine.actions.append(Action("rule add pref 10 ipproto tcp sport 5000 blackhole", "rule del pref 10"))


@fault("rendezvous-forbidden", "nobody may connect to port 5000 of others")
def rendezvous_forbidden(machine: Machine) -> None:
    machine.actions.append(Action("rule add pref 10 ipproto tcp dport 5000 prohibit", "rule del pref 10"))


@fault("port-taken", "somebody listens on port 5000")
def port_taken(machine: Machine) -> None:
    listen = "import socket, time; s = socket.create_server(('', 5000)); time.sleep(1e9)"
    machine.processes.append(Process(("registry", "-c", listen), program="/usr/bin/python3"))


value("local-ports", "the kernel hands port 8000 out", local_ports="7000\t60999")


# --- host -----------------------------------------------------------------------------------------------------------

value("memlock", "64 KiB of memory may be locked", locked_memory="65536")
value("nofile", "4096 files may be open", open_files=4096)
value("shm-small", "docker's 64 MiB of shared memory", shared_memory="64m")
value("tmp-small", "2 GiB are left on /tmp", temporary="2g")
value("clock", "the clock is 90 s ahead", clock_ahead=90)
value("memory-low", "4 GiB of memory are left", memory_available=4 << 20)
value("powersave", "the processors save power", governor="powersave")
value("numa-balancing", "the kernel moves memory between sockets", is_numa_balancing=True)
value("other-kernel", "another kernel", kernel="5.15.0-91-generic")
value("other-torch", "another release of torch", torch="2.8.0")
value("other-torch-cuda", "torch is built for another CUDA", torch_cuda="12.6")
value("other-nccl", "another release of NCCL", nccl="2.26.2")
value("other-nccl-build", "another build of the same NCCL", nccl_build=2)


@fault("engine-left-over", "a scheduler of an engine runs that nobody looks after")
def engine_left_over(machine: Machine) -> None:
    machine.processes.append(Process(("sglang::scheduler_TP3", "infinity"), gpu=3, mebibytes=40 * GIB))


@fault("engine-missing", "the engine is not installed")
def engine_missing(machine: Machine) -> None:
    machine.hidden += [machine.package("sglang"), machine.package("sglang-0.5.9.dist-info")]


@fault("engine-version", "the engine is of another release")
def engine_version(machine: Machine) -> None:
    machine.hidden.append(machine.package("sglang-0.5.9.dist-info"))
    machine.sglang = "0.5.8"


@fault("engine-flags", "the engine does not know a flag")
def engine_flags(machine: Machine) -> None:
    lines = machine.options.split("\n")
    machine.options = "\n".join(line for line in lines if not line.startswith("--trust-remote-code"))


value("docker-down", "the docker daemon does not run", docker={"is_down": True})
value("docker-no-runtime", "docker knows nothing of GPUs", docker={"runtimes": ["runc"]})
value("docker-no-image", "the image is not there", docker={"has_image": False})
value("docker-other-image", "the tag is another image", docker={"digest": "0dd1" * 16})


# --- model ----------------------------------------------------------------------------------------------------------


@fault("model-missing", "the model is not there")
def model_missing(machine: Machine) -> None:
    machine.hidden.append(MODEL)


@fault("shard-missing", "a shard is not there")
def shard_missing(machine: Machine) -> None:
    del machine.shards[SHARDS[1]]


@fault("shard-cut", "a shard was not copied to its end")
def shard_cut(machine: Machine) -> None:
    machine.shards[SHARDS[2]] = 1 << 20


@fault("index-damaged", "the index of the shards breaks off")
def index_damaged(machine: Machine) -> None:
    machine.index_text = '{"metadata": {"total_size": 64'


@fault("config-damaged", "the configuration of the model breaks off")
def config_damaged(machine: Machine) -> None:
    machine.config = machine.config[:40]


@fault("config-differs", "the model is another one")
def config_differs(machine: Machine) -> None:
    config = json.loads(machine.config)
    config["max_position_embeddings"] = 4096
    machine.config = json.dumps(config, indent=2)
