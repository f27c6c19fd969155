"""Cluster files made by chance from a seed: shapes, places and `args` that muster ought to accept."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from typing import Any

from cluster_file import numbers
from renames import RENAMED

# Flags whose texts have a form of their own, which the catalogue does not know, and others that a file cannot give.
FORMED = {
    "lora-modules": ["sql=/models/sql", "chat=/models/chat"],
    "lora-paths": ["sql=/models/sql", "chat=/models/chat"],
    "mm-processor-kwargs": ['{"num_crops": 4}'],
    "reasoning-config": ["{}"],
}
# What a parser itself does with these is more than to take a value: it reads a file, or ends with a page of text. And
# one that has to fit the sizes, and is written with them.
UNFIT = {"config", "help", "version", "enable-dp-attention"}

INTEGERS = ["0", "1", "8", "64", "4096", "-1", "1_000"]
NUMBERS = ["0.5", "1", ".25", "1e-3", "-0.5", "30.0"]
COUNTS = ["4096", "8k", "8K", "1M", "1.5k"]
IEC_COUNTS = ["4096", "8k", "8Ki", "1M", "1.5k"]
TEXTS = [
    "auto", "fp8", "/models/a b", "it's", 'say "so"', "$HOME", "-leading", "--dashes", "a=b", "x,y", "*", "é",
    "back\\slash", "#5", "null", "0.90", "true-ish", "{not json", "tab\there", "`id`", "two\nlines",
]  # fmt: skip
OBJECTS: list[Any] = [{}]
# Flags that reach into a JSON value.
PATHS = [
    ("hf-overrides.rope_theta", "-1.5"), ("hf-overrides.rope_scaling.type", "yarn"), ("hf-overrides.tie", True),
    ("speculative-config.num_speculative_tokens", "3"), ("compilation-config.cache_dir", "/cache/graphs"),
]  # fmt: skip
DOCUMENTS: list[Any] = [{"a": 1}, {"deep": {"list": [1, 2.5, "x"], "on": True, "none": None}}, {"text": 'it\'s "so"'}]


class Generator:
    """Makes the files of one release."""

    def __init__(self, engine: str, release: str, flags: list[dict[str, Any]], seed: int):
        self.engine, self.release, self.flags = engine, release, flags
        self.random = random.Random(f"{seed} {engine} {release}")

    def files(self, lines: int) -> Iterator[str]:
        """Files that have so many units in all, or some more, with every flag of the release in one of them."""
        left: list[dict[str, Any]] = []
        made = 0
        rounds = 0
        while made < lines or rounds == 0 or rounds == 1 and left:
            if not left:
                rounds += 1
                left = [flag for flag in self.flags if flag["name"] not in UNFIT and not flag["name"].startswith("-")]
                self.random.shuffle(left)
            shape = self.shape()
            count = min(len(left), self.random.randint(0, 14))
            taken = [left.pop() for _ in range(count)]
            args = dict(self.argument(flag) for flag in taken)
            if self.random.random() < 0.3:
                args.update(self.renamed())
            if self.engine == "vllm" and self.random.random() < 0.3:
                args.update([self.random.choice(PATHS)])
            if self.random.random() < 0.1:
                shape["secrets"] = {"API_KEY": {"env": "API_KEY"}}
                args["api-key"] = {"secret": "API_KEY"}
            if self.engine == "sglang" and "dp_size" not in shape and shape["tp_size"] % 2 == 0:
                if self.random.random() < 0.15:
                    # Within the TP group, whatever number of nodes that has.
                    shape["dp_size"], args["enable-dp-attention"] = 2, True
            made += len(shape["nodes"])
            yield text_of(shape | {"args": args})

    def shape(self) -> dict[str, Any]:
        """Nodes, sizes, ports and addresses that fit each other."""
        choose = self.random.choice
        spans = self.engine == "sglang" or numbers(self.release) >= (0, 11, 1)
        nodes = choose([1, 2, 2, 4, 4, 8]) if spans else 1
        gpus = choose([1, 2, 4, 8, 8])
        replicas = choose([1, 1, 1, 2]) if nodes > 1 else 1
        per_replica = nodes // replicas
        sizes = self.sizes(per_replica, gpus)
        wide = self.random.random() < 0.2
        address = "fd00::%d" if wide else "10.0.0.%d"
        hosts: list[Any] = [address % (number + 1) for number in range(nodes)]
        if self.random.random() < 0.3:
            hosts = [{"host": f"gpu-{index}", "address": host} for index, host in enumerate(hosts)]
        made: dict[str, Any] = {
            "name": f"made-{self.random.randrange(10**6)}",
            "engine": {"kind": self.engine, "version": self.release},
            "model": choose(["/models/a", "/models/with space", "meta-llama/Llama-3.1-8B-Instruct", "/models/it's"]),
            **sizes,
            "gpus_per_node": gpus,
            "nodes": hosts,
        }
        if replicas > 1:
            made["replicas"] = replicas
        if nodes > 1:
            made["tcp_iface"] = choose(["bond0", "ens1f0"])
            made["rdma_gid_index"] = choose([3, "auto"])
        if nodes > 1 and replicas == 1 and self.random.random() < 0.3:
            made["master_ip"] = address % 1
        if self.random.random() < 0.7:
            http, rendezvous = self.random.randrange(20000, 21000), self.random.randrange(6000, 7000)
            made["ports"] = {"http": http, "rendezvous": rendezvous}
        if self.random.random() < 0.3:
            made["bind"] = choose(["127.0.0.1", "::"])
        if self.random.random() < 0.2:
            made["runtime"] = {"docker": {"image": "registry.example/engine:1", "options": ["--entrypoint="]}}
        return made

    def sizes(self, nodes: int, gpus: int) -> dict[str, int]:
        """Parallel sizes that use all GPUs of one replica."""
        world = nodes * gpus
        stages = self.random.choice([1, 1, 2]) if nodes % 2 == 0 else 1
        if self.engine == "sglang" and numbers(self.release) < (0, 4, 6):
            stages = 1
        made = {"tp_size": world // stages}
        if stages > 1:
            made["pp_size"] = stages
        has_data = self.engine == "sglang" or numbers(self.release) >= (0, 8, 2)
        if nodes == 1 and gpus > 1 and has_data and self.random.random() < 0.2:
            made = {"tp_size": world // 2, "dp_size": 2}
        if self.random.random() < 0.3:
            experts = made["tp_size"] * (made.get("dp_size", 1) if self.engine == "vllm" else 1)
            made["ep_size"] = experts
        return made

    def argument(self, flag: dict[str, Any]) -> tuple[str, Any]:
        """One line of `args`: any of the flag's spellings, any value that the catalogue says it takes."""
        aliases = [name for name in flag["aliases"] if not name.startswith("-")]
        name = self.random.choice([flag["name"], flag["name"], *aliases])
        if flag["arity"] == "none":
            off = [name for name in flag["off"] if not name.startswith("-")]
            return self.random.choice([(name, True), (name, True), (name, False), (off[0] if off else name, True)])
        if flag["arity"] in ("some", "any", "repeated") and self.random.random() < 0.7:
            several = [self.value(flag) for _ in range(self.random.randint(2, 3))]
            # To argparse a text that begins with a dash is a flag, and muster refuses it among several values.
            return name, [value for value in several if not re.match(r"-(?!\d+$)", str(value))] or ["8"]
        if flag["arity"] == "maybe" and self.random.random() < 0.3:
            return name, True
        return name, self.value(flag)

    def value(self, flag: dict[str, Any]) -> Any:
        choose, form = self.random.choice, flag["type"]
        if flag["name"] in FORMED:
            return choose(FORMED[flag["name"]])
        if flag["may_be_none"] and self.random.random() < 0.1:
            return choose(["None", ""])
        if flag["choices"]:
            text = choose(flag["choices"])
            return text.upper() if form == "lower" and self.random.random() < 0.5 else text
        values: dict[str, list[Any]] = {
            "integer": INTEGERS, "number": NUMBERS, "count": COUNTS, "count-or-auto": COUNTS + ["auto", "Auto"],
            "iec-count": IEC_COUNTS, "text": TEXTS, "lower": ["INFO", "debug"], "truth": [True, "true"],
            "boolean": [True, False, "True"], "json": DOCUMENTS,
            "array": [[{"a": 1}], '["a", "b"]'], "object": OBJECTS, "object-or-integer": ["3", {}],
            "object-or-text": ["word", {}], "pairs": ["image=4,video=1"],
        }  # fmt: skip
        return choose(values[form])

    def renamed(self) -> dict[str, Any]:
        """A flag of another release, in the name that it has there."""
        old, new = self.random.choice(list(RENAMED[self.engine].items()))
        if isinstance(new, dict):
            return {old: True}
        values: dict[str, Any] = {
            "piecewise-cuda-graph-compiler": "eager",
            "stream-output": True,
            "grpc-mode": True,
            "override-pooler-config": {},
        }
        values |= {name: ["1", "8", "16"] for name in ("cuda-graph-bs", "piecewise-cuda-graph-tokens")}
        values |= {name: "flashmla_sparse" for name in ("nsa-prefill-backend", "nsa-decode-backend")}
        return {self.random.choice([old, new]): values.get(old, "32")}


def text_of(file: dict[str, Any]) -> str:
    """A file as text, a key a line, so that a line number tells which flag is meant."""
    lines = []
    for key, value in file.items():
        if key == "args":
            lines += ["args:"] + [f"  {name}: {scalar(given)}" for name, given in value.items()] if value else []
        else:
            lines.append(f"{key}: {scalar(value)}")
    return "\n".join(lines) + "\n"


def scalar(value: Any) -> str:
    """A value in YAML. Texts are quoted where they are not plain words, which YAML takes as JSON has them."""
    if isinstance(value, str) and value and all(letter.isalnum() or letter in "._/" for letter in value):
        return value
    return json.dumps(value, ensure_ascii=False)
