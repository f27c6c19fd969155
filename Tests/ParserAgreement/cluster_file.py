"""What a cluster file means, read without muster: the values that each unit's engine has to end up with."""

from __future__ import annotations

import dataclasses
import ipaddress
import re
import sys
from typing import Any

# A flag by one of its spellings, without dashes, and what it has to be.
Meaning = dict[str, Any]


# What every secret is here.
SECRET = "from-outside"


@dataclasses.dataclass(frozen=True)
class Scalar:
    """A scalar of YAML: its text, and whether it stands there without quotes."""

    text: str
    is_plain: bool

    @property
    def json(self) -> Any:
        """By the core schema of YAML 1.2, which is what a mapping under `args` is sent by."""
        if not self.is_plain:
            return self.text
        if self.text in ("true", "True", "TRUE", "false", "False", "FALSE"):
            return self.text.lower() == "true"
        if self.text in ("", "~", "null", "Null", "NULL"):
            return None
        if re.fullmatch(r"[-+]?[0-9]+", self.text):
            return int(self.text)
        if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", self.text):
            return float(self.text)
        return self.text


@dataclasses.dataclass(frozen=True)
class Document:
    """A mapping, or a list with something else than scalars in it: one JSON argument."""

    value: Any


@dataclasses.dataclass(frozen=True)
class Given:
    """One line of `args`."""

    name: str
    value: bool | str | list[str] | Document
    line: int


@dataclasses.dataclass
class Unit:
    """One launcher: where it stands, and what its engine has to understand."""

    replica: int
    node_rank: int
    keys: Meaning


class ClusterFile:
    """The parts of a file that reach an engine's command line."""

    def __init__(self, text: str, origin: str):
        import yaml  # pylint: disable=import-outside-toplevel  # From the cache of releases.

        self.origin = origin
        self.text = text
        root: Any = yaml.compose(text, Loader=yaml.BaseLoader)
        self.top = {key.value: value for key, value in root.value}
        engine = plain(self.top["engine"])
        self.kind, self.release = engine["kind"], engine["version"]

    def key(self, name: str, otherwise: Any = None) -> Any:
        return plain(self.top[name]) if name in self.top else otherwise

    def size(self, name: str) -> int:
        return int(self.key(name, "1"))

    @property
    def image(self) -> str | None:
        runtime = self.key("runtime", {})
        return runtime["docker"]["image"] if isinstance(runtime, dict) and "docker" in runtime else None

    @property
    def secrets(self) -> list[str]:
        return list(self.key("secrets", {}))

    @property
    def args(self) -> list[Given]:
        if "args" not in self.top:
            return []
        return [given(key, value) for key, value in self.top["args"].value]

    @property
    def gangs(self) -> list[list[str]]:
        """The addresses of every replica's nodes, by node rank."""
        addresses = [address for entry in self.key("nodes") for address in addresses_of(entry)]
        count = len(addresses) // self.size("replicas")
        return [addresses[start : start + count] for start in range(0, len(addresses), count)]

    def units(self, knows: Any) -> list[Unit]:
        """Every unit's meaning by the keys of the file. `knows` tells whether the release has a flag."""
        keys = sglang_keys if self.kind == "sglang" else vllm_keys
        return [
            Unit(replica, rank, keys(self, gang, rank, knows))
            for replica, gang in enumerate(self.gangs)
            for rank in range(len(gang))
        ]


def sglang_keys(file: ClusterFile, gang: list[str], rank: int, knows: Any) -> Meaning:
    ports = file.key("ports", {})
    meant: Meaning = {"model-path": file.key("model"), "tp-size": file.size("tp_size")}
    splits_attention = any(line.name == "enable-dp-attention" and line.value is True for line in file.args)
    data = "attn-dp-size" if splits_attention and knows("attn-dp-size") else "dp-size"
    for flag, key in (("pp-size", "pp_size"), (data, "dp_size"), ("ep-size", "ep_size")):
        if file.size(key) > 1:
            meant[flag] = file.size(key)
    # The size alone did nothing then.
    if file.size("ep_size") > 1 and numbers(file.release) < (0, 4, 10):
        meant["enable-ep-moe"] = True
    if len(gang) > 1:
        master = file.key("master_ip", gang[0])
        host = f"[{master}]" if ":" in master else master
        meant["dist-init-addr"] = f"{host}:{ports.get('rendezvous', '5000')}"
        meant["nnodes"], meant["node-rank"] = len(gang), rank
    if rank == 0:
        meant["host"], meant["port"] = file.key("bind", "0.0.0.0"), int(ports.get("http", "30000"))
    return meant


def vllm_keys(file: ClusterFile, gang: list[str], rank: int, knows: Any) -> Meaning:
    ports = file.key("ports", {})
    meant: Meaning = {"": file.key("model"), "tensor-parallel-size": file.size("tp_size")}
    for flag, key in (("pipeline-parallel-size", "pp_size"), ("data-parallel-size", "dp_size")):
        if file.size(key) > 1:
            meant[flag] = file.size(key)
    if file.size("ep_size") > 1:
        meant["enable-expert-parallel"] = True
    if len(gang) > 1:
        meant["distributed-executor-backend"] = "mp"
        meant["nnodes"], meant["node-rank"] = len(gang), rank
        meant["master-addr"] = file.key("master_ip", gang[0])
        meant["master-port"] = int(ports.get("rendezvous", "29501"))
        if rank > 0:
            meant["headless"] = True
    if rank == 0:
        meant["host"], meant["port"] = file.key("bind", "0.0.0.0"), int(ports.get("http", "8000"))
    # Muster's own choice, unless the file has one.
    if knows("shutdown-timeout"):
        meant["shutdown-timeout"] = 15
    return meant


def numbers(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", release.partition(".post")[0]))


def plain(node: Any) -> Any:
    """A node of YAML with every scalar as its text."""
    if node.id == "scalar":
        return node.value
    if node.id == "sequence":
        return [plain(each) for each in node.value]
    return {key.value: plain(value) for key, value in node.value}


def typed(node: Any) -> Any:
    """A node of YAML as JSON."""
    if node.id == "scalar":
        return Scalar(node.value, node.style is None).json
    if node.id == "sequence":
        return [typed(each) for each in node.value]
    return {key.value: typed(value) for key, value in node.value}


def given(key: Any, node: Any) -> Given:
    line = key.start_mark.line + 1
    if node.id == "scalar":
        is_word = node.style is None and node.value in ("true", "false")
        return Given(key.value, node.value == "true" if is_word else node.value, line)
    if node.id == "mapping" and [name.value for name, _ in node.value] == ["secret"]:
        return Given(key.value, SECRET, line)
    if node.id == "sequence" and all(each.id == "scalar" for each in node.value):
        return Given(key.value, [each.value for each in node.value], line)
    return Given(key.value, Document(typed(node)), line)


def addresses_of(entry: Any) -> list[str]:
    """The addresses of one entry of `nodes`, with its range of numbers spelt out."""
    address: str = (entry.get("address") or entry["host"]) if isinstance(entry, dict) else entry
    match = re.fullmatch(r"(.*)\[(\d+)-(\d+)\](.*)", address)
    if match:
        head, first, last, tail = match.groups()
        return [f"{head}{number:0{len(first)}}{tail}" for number in range(int(first), int(last) + 1)]
    try:
        ipaddress.ip_address(address)
    except ValueError:
        sys.exit(f"agree: {address} is no address, and no name is looked up here")
    return [address]
