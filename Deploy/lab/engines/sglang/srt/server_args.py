"""Where the engine keeps its argument parser, for those who ask it without starting anything."""

from __future__ import annotations

import argparse

from sglang.standin_release import add_options


class ServerArgs:
    @staticmethod
    def add_cli_args(parser: argparse.ArgumentParser) -> None:
        add_options(parser)
