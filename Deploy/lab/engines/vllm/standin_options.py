"""The command line of `vllm serve`, and the engine's own checks of it."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from muster_standin.flags import add_flags

DEFAULTS: dict[str, Any] = {
    "host": None,
    "port": 8000,
    "tensor_parallel_size": 1,
    "pipeline_parallel_size": 1,
    "data_parallel_size": 1,
    "nnodes": 1,
    "node_rank": 0,
    "master_addr": "127.0.0.1",
    "master_port": 29501,
    "shutdown_timeout": 0,
    "headless": False,
    "enforce_eager": False,
}


def plain_config(path: str) -> list[str]:
    """--config FILE.yaml, as far as `key: value` lines go."""
    if not path.endswith((".yaml", ".yml")):
        raise ValueError("The config file must be of a yaml/yml type.")
    arguments = []
    for line in Path(path).read_text().splitlines():
        key, colon, value = line.partition(":")
        if not colon or line.startswith((" ", "#")):
            continue
        value = value.strip().strip("'\"")
        if value == "true":
            arguments.append(f"--{key.strip()}")
        elif value != "false":
            arguments += [f"--{key.strip()}", value]
    return arguments


def rewrite(arguments: list[str]) -> list[str]:
    """What the engine does to the words before argparse sees them."""
    words: list[str] = []
    documents: dict[str, dict[str, Any]] = {}
    queue = list(arguments)
    while queue:
        word = queue.pop(0)
        if word == "--config" and queue:
            # Expanded in front: what was typed wins.
            words = plain_config(queue.pop(0)) + words
            continue
        if not word.startswith("-") or word == "-":
            words.append(word)
            continue
        name, equals, value = word.partition("=")
        name = "--" + name[2:].replace("_", "-") if name.startswith("--") else name
        if name.startswith("-O") and name[2:].isdigit() and not equals:
            words += ["--optimization-level", name[2:]]
        elif name.startswith("--") and "." in name:
            option, *keys = name.split(".")
            if not equals:
                value = queue.pop(0) if queue else ""
            place = documents.setdefault(option, {})
            for key in keys[:-1]:
                place = place.setdefault(key, {})
            try:
                place[keys[-1]] = json.loads(value)
            except ValueError:
                place[keys[-1]] = value
        else:
            words.append(name + equals + value)
    for option, document in documents.items():
        words += [option, json.dumps(document)]
    return words


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model_tag", nargs="?")
    add_flags(parser, Path(__file__).parent / "flags-0.32.0.txt")


def parse(arguments: list[str], prog: str) -> tuple[argparse.Namespace, dict[str, Any]]:
    parser = argparse.ArgumentParser(prog=prog)
    add_options(parser)
    options = parser.parse_args(rewrite(arguments))
    given = {name: value for name, value in vars(options).items() if value is not None}
    for name, value in DEFAULTS.items():
        if getattr(options, name, None) is None:
            setattr(options, name, value)
    options.model_path = options.model_tag or options.model or "Qwen/Qwen3-0.6B"
    return options, given


def check(options: argparse.Namespace) -> None:
    """Exit 1 with a traceback, on this node only."""
    config = Path(options.model_path, "config.json")
    if not config.is_file():
        raise ValueError(
            f"Invalid repository ID or local directory specified: '{options.model_path}'.\nPlease verify the following "
            "requirements:\n1. Provide a valid Hugging Face repository ID.\n2. Specify a local directory that contains a "
            "recognized configuration file."
        )
    heads = json.loads(config.read_text()).get("num_attention_heads")
    tensor, pipeline = options.tensor_parallel_size, options.pipeline_parallel_size
    if heads and heads % tensor:
        raise ValueError(
            f"Total number of attention heads ({heads}) must be divisible by tensor parallel size ({tensor})."
        )
    world = tensor * pipeline * options.data_parallel_size
    if world % options.nnodes:
        raise AssertionError(f"World size ({world}) must be divisible by the number of nodes ({options.nnodes}).")
    if not 0 <= options.node_rank < options.nnodes:
        raise ValueError(f"node_rank ({options.node_rank}) must be between 0 and nnodes - 1 ({options.nnodes - 1}).")
    gpus = int(os.environ.get("STANDIN_GPUS", "8"))
    if world // options.nnodes > gpus:
        raise ValueError(
            f"World size ({world}) is larger than the number of available GPUs ({gpus}) in this node. If this is "
            "intentional and you are using:\n- ray, set '--distributed-executor-backend ray'.\n"
            "- multiprocessing, set '--nnodes' appropriately."
        )
