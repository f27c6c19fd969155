"""Flags that a release no longer or not yet has, and what says the same in it, by the words of the engines' parsers.

Written from the parsers of the releases and apart from muster's own table, so that one checks the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# The old flag, and what it became: another name for the same value, or for a switch the values that it stands for.
RENAMED: dict[str, dict[str, str | dict[str, str]]] = {
    "sglang": {
        "cuda-graph-bs": "cuda-graph-bs-decode",
        "cuda-graph-max-bs": "cuda-graph-max-bs-decode",
        "disable-cuda-graph": {"cuda-graph-backend-decode": "disabled", "cuda-graph-backend-prefill": "disabled"},
        "disable-piecewise-cuda-graph": {"cuda-graph-backend-prefill": "disabled"},
        "enable-breakable-cuda-graph": {"cuda-graph-backend-prefill": "breakable"},
        "disable-fast-image-processor": {"image-processor-backend": "pil"},
        "enable-deepep-moe": {"moe-a2a-backend": "deepep"},
        "enable-flashinfer-allreduce-fusion": {"flashinfer-allreduce-fusion-backend": "auto"},
        "enable-flashinfer-cutlass-moe": {"moe-runner-backend": "flashinfer_cutlass"},
        "enable-flashinfer-mla": {"attention-backend": "flashinfer"},
        "enable-flashinfer-mxfp4-moe": {"moe-runner-backend": "flashinfer_mxfp4"},
        "enable-flashinfer-trtllm-moe": {"moe-runner-backend": "flashinfer_trtllm"},
        "enable-flashmla": {"attention-backend": "flashmla"},
        "enable-triton-kernel-moe": {"moe-runner-backend": "triton_kernel"},
        "enforce-piecewise-cuda-graph": {"cuda-graph-backend-prefill": "tc_piecewise"},
        "grpc-mode": "smg-grpc-mode",
        "max-micro-batch-size": "pp-max-micro-batch-size",
        "nsa-decode-backend": "dsa-decode-backend",
        "nsa-prefill-backend": "dsa-prefill-backend",
        "piecewise-cuda-graph-compiler": "cuda-graph-tc-compiler",
        "piecewise-cuda-graph-max-tokens": "cuda-graph-max-bs-prefill",
        "piecewise-cuda-graph-tokens": "cuda-graph-bs-prefill",
        "speculative-dflash-draft-window-size": "speculative-draft-window-size",
        "stream-output": "incremental-streaming-output",
    },
    "vllm": {
        "disable-mm-preprocessor-cache": {"mm-processor-cache-gb": "0"},
        "enable-multimodal-encoder-data-parallel": {"mm-encoder-tp-mode": "data"},
        "override-pooler-config": "pooler-config",
    },
}

# And what took over several values only: of a single one each flag makes something else.
RENAMED_IF_SEVERAL = {"cuda-graph-sizes": "cudagraph-capture-sizes"}

Value = Any


def meant(
    engine: str, name: str, value: Value, knows: Callable[[str], bool], is_deprecated: Callable[[str], bool]
) -> dict[str, Value] | None:
    """What a line of `args` means to a release by its own flags; nothing where the release has no word for it."""
    table = RENAMED[engine]
    if knows(name) and not is_deprecated(name):
        return {name: value}
    new = table.get(name)
    if name in RENAMED_IF_SEVERAL and isinstance(value, list) and len(value) > 1:
        new = RENAMED_IF_SEVERAL[name]
    if isinstance(new, str) and knows(new):
        return {new: value}
    if isinstance(new, dict) and all(knows(flag) for flag in new):
        return dict(new) if value is True else {}
    if knows(name):
        return {name: value}
    former = [old for old, becomes in table.items() if becomes == name]
    return {former[0]: value} if former and knows(former[0]) else None
