"""Where the engine keeps its kind of argument parser."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from vllm.standin_options import rewrite


class FlexibleArgumentParser(argparse.ArgumentParser):
    """Takes `_` for `-` in names, `--a.b value` and `-O2`."""

    def parse_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:
        words = list(sys.argv[1:] if args is None else args)
        return super().parse_args(rewrite(words), namespace)
