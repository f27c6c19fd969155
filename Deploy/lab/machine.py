"""What a host of the lab pretends to be: eight L40S and three dual-port RoCE cards in a machine of two sockets.

A `Machine` is a description and nothing else. `render` says which files show it, `faults.py` changes it, `furnish.py`
makes a host look like it. Everything a probe reads is here; where it can be read for real, as links and addresses can,
it is `actions`, commands with what undoes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

# What the stand-in nvidia-smi and the other stand-in programs read.
STATE = "/run/muster-standin-machine"
_ENGINES = Path(__file__).resolve().parent / "engines"
# Read here, since a host does not see the directory that these come from.
CONFIG = (_ENGINES / "model/config.json").read_text()
OPTIONS = (_ENGINES / "sglang/flags-0.5.9.txt").read_text()
NVIDIA_SMI = (_ENGINES / "bin/nvidia-smi").read_text()
MODEL = "/models/standin"
SHARDS = tuple(f"model-0000{i}-of-00003.safetensors" for i in (1, 2, 3))
SHARD_DATA = 2 << 30
RAIL_MTU = 9000
SLOTS_OF_GID_TABLE = 256
DRIVER = "550.144.03"
# The root buses of the PCIe switches; the first two belong to socket 0. Each has GPUs in slots 0 and 1.
SWITCHES = (0x16, 0x54, 0x97, 0xD6)


@dataclass(frozen=True)
class Slot:
    """A place below a PCIe switch: root port, upstream port, a downstream port for each slot."""

    switch: int
    slot: int
    function: int = 0

    @property
    def root(self) -> int:
        return SWITCHES[self.switch]

    @property
    def numa_node(self) -> int:
        return self.switch // 2

    @property
    def address(self) -> str:
        return f"0000:{self.root + 3 + self.slot:02x}:00.{self.function}"

    @property
    def bridges(self) -> list[str]:
        return [f"0000:{self.root:02x}:01.0", f"0000:{self.root + 1:02x}:00.0", f"0000:{self.root + 2:02x}:0{self.slot}.0"]

    @property
    def path(self) -> str:
        return "/".join(["/sys/devices", f"pci0000:{self.root:02x}", *self.bridges, self.address])

    def distance(self, other: Slot) -> str:
        """In the words of `nvidia-smi topo -m`."""
        if (self.switch, self.slot) == (other.switch, other.slot):
            return " X " if self == other else "PIX"
        if self.switch == other.switch:
            return "PIX"
        return "NODE" if self.numa_node == other.numa_node else "SYS"


@dataclass
class Gpu:
    slot: Slot
    uuid: str
    # Fields of nvidia-smi that are not those of an idle L40S.
    fields: dict[str, str] = field(default_factory=dict)
    is_listed: bool = True


@dataclass
class Port:
    """One function of a card, which is an RDMA device with one port."""

    name: str
    slot: Slot
    netdev: str
    rail: int
    gids: dict[int, tuple[str, str]]
    state: str = "4: ACTIVE"
    physical_state: str = "5: LinkUp"
    rate: str = "100 Gb/sec (4X EDR)"
    link_layer: str = "Ethernet"
    speed: str = "16.0 GT/s PCIe"
    width: int = 16
    # Without the RDMA half of the driver a card is on the bus and no RDMA device.
    has_verbs: bool = True

    def switch_off(self, physical_state: str = "3: Disabled") -> None:
        self.state, self.physical_state, self.rate = "1: DOWN", physical_state, "40 Gb/sec (4X QDR)"


@dataclass(frozen=True)
class Action:
    """Commands for the host's network, in the form `ip -batch` takes, and what undoes them."""

    do: str
    undo: str


@dataclass(frozen=True)
class Process:
    """A process with a title of its own, which may hold memory of a GPU."""

    words: tuple[str, ...]
    program: str = "/bin/sleep"
    gpu: int | None = None
    mebibytes: int = 0


@dataclass(frozen=True)
class Sparse:
    """A file of weights: its header, and zeros up to its size."""

    header: bytes
    size: int


@dataclass(frozen=True)
class Link:
    target: str


@dataclass(frozen=True)
class Program:
    text: str


# What a path holds: text, a symbolic link, a program, a large file, or nothing at all: an empty directory.
Entry = str | Link | Program | Sparse | None


@dataclass
class Machine:
    number: int
    # The third part of the lab's addresses.
    index: int
    packages_directory: str
    gpus: list[Gpu] = field(default_factory=list)
    ports: list[Port] = field(default_factory=list)
    # The answer of nvidia-smi instead of its own: exit status or `hang`, then text.
    failure: str | None = None
    warning: str | None = None
    has_smi: bool = True
    kernel_log: list[str] = field(default_factory=list)
    # Flags of the access control of bridges, by their addresses.
    access_control: dict[str, str] = field(default_factory=dict)
    command_line: str = "BOOT_IMAGE=/vmlinuz root=/dev/sda2 ro quiet intel_iommu=on iommu=pt"
    memory_available: int = 1_000_000_000
    is_numa_balancing: bool = False
    governor: str = "performance"
    modules: list[str] = field(default_factory=lambda: ["nvidia_peermem", "nvidia", "mlx5_ib", "mlx5_core", "ib_core"])
    driver_text: str = f"NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  {DRIVER}  Release Build"
    kernel: str | None = None
    clock_ahead: int = 0
    locked_memory: str = "unlimited"
    open_files: int = 1_048_576
    shared_memory: str = "64g"
    temporary: str = "64g"
    local_ports: str = "32768\t60999"
    ofed: str = "MLNX_OFED_LINUX-24.10-1.1.4.0"
    has_verbs_files: bool = True
    has_verbs_library: bool = True
    torch: str = "2.9.1"
    torch_cuda: str = "12.8"
    nccl: str = "2.27.5"
    nccl_build: int = 1
    # The engine's version instead of the one that the stand-in has.
    sglang: str | None = None
    # Paths that are not there.
    hidden: list[str] = field(default_factory=list)
    # What the engine takes, a line for each option.
    options: str = OPTIONS
    config: str = CONFIG
    index_text: str | None = None
    # Bytes of each shard that were copied; None: all.
    shards: dict[str, int | None] = field(default_factory=lambda: dict.fromkeys(SHARDS))
    # What differs from a docker that is well, as its stand-in reads it.
    docker: dict[str, object] = field(default_factory=dict)
    # Of the switch's port that bond0 is plugged into.
    switch_mtu: int = 1500
    # What that port sends at most, in the words of `tc`.
    switch_rate: str | None = None
    actions: list[Action] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)

    def address(self, number: int | None = None) -> str:
        return f"10.77.{self.index}.{number or self.number}"

    def port(self, name: str) -> Port:
        return next(port for port in self.ports if port.name == name)

    def package(self, name: str) -> str:
        return f"{self.packages_directory}/{name}"


def healthy(number: int, index: int, packages: str) -> Machine:
    """Nothing is wrong with it. Three of the four switches have an RDMA card, as in many machines."""
    machine = Machine(number, index, packages)
    for gpu in range(8):
        slot = Slot(gpu // 2, gpu % 2)
        machine.gpus.append(Gpu(slot, f"GPU-5a1e{number:04x}-0000-4000-8000-00000000000{gpu}"))
    for card in range(3):
        for function in range(2):
            machine.ports.append(card_port(machine, card, function, Slot(card, 2, function)))
    return machine


def card_port(machine: Machine, card: int, function: int, slot: Slot) -> Port:
    rail = card * 2 + function + 1
    return Port(
        name=f"mlx5_{rail - 1}",
        slot=slot,
        netdev=f"ens{card + 1}f{function}np{function}",
        rail=rail,
        gids=gid_table(rail, machine.number),
    )


def rail_address(rail: int, number: int) -> str:
    return f"192.168.{rail}.{number}"


def gid_table(rail: int, number: int, first: int = 2) -> dict[int, tuple[str, str]]:
    """As mlx5 has it: link-local as v1 and v2, then the IPv4 address in both, from `first` on."""
    local = f"fe80:0000:0000:0000:004d:4cff:fe{rail:02x}:00{number:02x}"
    mapped = f"0000:0000:0000:0000:0000:ffff:c0a8:{rail:02x}{number:02x}"
    return {
        0: (local, "IB/RoCE v1"), 1: (local, "RoCE v2"),
        first: (mapped, "IB/RoCE v1"), first + 1: (mapped, "RoCE v2"),
    }  # fmt: skip
