"""What differs between releases, as far as a launcher can see it."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from muster_standin.flags import add_flags

from . import __version__

LISTED = ("0.4.4.post1", "0.5.9", "0.5.23")


def key(text: str) -> tuple[int, ...]:
    """0.5.10.post1 sorts after 0.5.10 and before 0.5.11."""
    return tuple(int(number) for number in re.findall(r"\d+", text))


class Release:
    def __init__(self, text: str) -> None:
        self.text = text
        at = key(text)
        # Children killed by the kernel when the launcher goes; before, kill -9 of the launcher left the GPU holders.
        self.children_tied = at >= key("0.4.6.post5")
        self.rank_tag_always = at < key("0.4.6")
        self.elapsed_in_lines = at >= key("0.5.9")
        self.carriage_returns = at >= key("0.5.15")
        self.parallel_words = at >= key("0.5.21")
        self.follower_in_thread = at >= key("0.5.5.post3")
        self.follower_ignores_term = at >= key("0.5.21")
        self.follower_exits_zero = at >= key("0.5.21")
        self.watches_children = at >= key("0.5.10.post1")
        self.stops_followers = at >= key("0.5.15")
        self.exits_zero_on_term = at >= key("0.5.19")
        self.health_generates = at >= key("0.4.10.post2")
        self.nccl = "2.21.5" if at < key("0.4.6") else "2.27.5"
        self.load_skew = 300 if at < key("0.5.9") else 480

    def listing(self) -> Path:
        """The options of this release, or of the newest older one on hand."""
        older = [text for text in LISTED if key(text) <= key(self.text)] or [LISTED[0]]
        return Path(__file__).parent / f"flags-{older[-1]}.txt"


RELEASE = Release(__version__)

DEFAULTS: dict[str, Any] = {
    "host": "127.0.0.1",
    "port": 30000,
    "nnodes": 1,
    "node_rank": 0,
    "tp_size": 1,
    "pp_size": 1,
    "dp_size": 1,
    "ep_size": 1,
    "base_gpu_id": 0,
    "gpu_id_step": 1,
    "watchdog_timeout": 300.0,
    "load_format": "auto",
    "dtype": "auto",
    "kv_cache_dtype": "auto",
    "log_level": "info",
    "trust_remote_code": False,
    "mem_fraction_static": 0.835,
    "chunked_prefill_size": 4096,
    "max_prefill_tokens": 16384,
}
DESTINATIONS = {
    "tensor_parallel_size": "tp_size",
    "data_parallel_size": "dp_size",
    "pipeline_parallel_size": "pp_size",
    "expert_parallel_size": "ep_size",
    "ep": "ep_size",
    "nccl_init_addr": "dist_init_addr",
    "model": "model_path",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    add_flags(parser, RELEASE.listing())
    for action in parser._actions:
        if action.dest == "model_path":
            action.required = True


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="launch_server.py")
    add_options(parser)
    options = parser.parse_args(arguments)
    for given, wanted in DESTINATIONS.items():
        if hasattr(options, given) and getattr(options, wanted, None) is None:
            setattr(options, wanted, getattr(options, given))
    for name, value in DEFAULTS.items():
        if getattr(options, name, None) is None:
            setattr(options, name, value)
    for name, value in vars(options).items():
        # The engine's plain switches are False, not None.
        if value is None and any(a.dest == name and a.nargs == 0 for a in parser._actions):
            setattr(options, name, False)
    # Late releases have one size for what took a size and a switch before.
    if (getattr(options, "attn_dp_size", None) or 1) > 1:
        options.dp_size, options.enable_dp_attention = options.attn_dp_size, True
    return options


def check(options: argparse.Namespace) -> None:
    """The engine's own assertions on shape: exit 1 with a traceback, on this node only."""
    if not Path(options.model_path, "config.json").is_file():
        raise OSError(
            f"Can't load the configuration of '{options.model_path}'. If you were trying to load it from "
            "'https://huggingface.co/models', make sure you don't have a local directory with the same name. Otherwise, "
            f"make sure '{options.model_path}' is the correct path to a directory containing a config.json file"
        )
    world = options.tp_size * options.pp_size
    assert world % options.nnodes == 0, "tp_size must be divisible by number of nodes"
    assert not (options.dp_size > 1 and options.nnodes != 1 and not options.enable_dp_attention), (
        "multi-node data parallel is not supported unless dp attention!"
    )
    assert options.base_gpu_id >= 0, "base_gpu_id must be non-negative"
    assert options.gpu_id_step >= 1, "gpu_id_step must be positive"
    page = getattr(options, "page_size", None) or 1
    assert options.chunked_prefill_size % page == 0, "chunked_prefill_size must be divisible by page_size"


def local_ranks(options: argparse.Namespace) -> list[tuple[int, int, int]]:
    """(pp rank, tp rank, gpu) of this node's schedulers, in the order in which they are spawned."""
    pp_per_node = max(options.pp_size // options.nnodes, 1)
    nodes_per_pp = max(options.nnodes // options.pp_size, 1)
    tp_per_node = options.tp_size // nodes_per_pp
    first_pp = pp_per_node * (options.node_rank // nodes_per_pp)
    first_tp = tp_per_node * (options.node_rank % nodes_per_pp)
    return [
        (pp, tp, options.base_gpu_id + (pp % pp_per_node) * tp_per_node + (tp % tp_per_node) * options.gpu_id_step)
        for pp in range(first_pp, first_pp + pp_per_node)
        for tp in range(first_tp, first_tp + tp_per_node)
    ]
