"""Where releases 0.29 to 0.32 keep the options of `vllm serve`."""

from __future__ import annotations

import argparse

from vllm.standin_options import add_options


def make_arg_parser(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    add_options(parser)
    return parser
