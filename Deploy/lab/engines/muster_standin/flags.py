"""An argument parser built from a list of an engine's own options."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any, Callable

SUFFIXES = {"k": 10**3, "m": 10**6, "g": 10**9, "K": 2**10, "M": 2**20, "G": 2**30}


def human_readable_int(text: str) -> int:
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?)([kKmMgG])?", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text} is not a number")
    return int(float(match[1]) * SUFFIXES.get(match[2] or "", 1))


def loads(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"Value {text} cannot be converted to JSON") from problem


TYPES: dict[str, Callable[[str], Any]] = {"i": int, "f": float, "s": str, "j": loads, "h": human_readable_int}


def add_flags(parser: argparse.ArgumentParser, listing: Path) -> None:
    """Adds one option per line of the listing: names, arity, type, choices."""
    for line in listing.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        names_text, arity, kind, *choices_text = line.split(" ")
        names = names_text.split(",")
        # "--no-x" stands beside "--x" where the engine takes both; abbreviation then sees two options, as there.
        negative = [name for name in names if name.startswith("--no-")]
        positive = [name for name in names if name not in negative] or names
        if arity == "0":
            destination = next(name for name in positive if name.startswith("--"))[2:].replace("-", "_")
            parser.add_argument(*positive, dest=destination, action="store_true", default=None)
            if negative and positive != names:
                parser.add_argument(*negative, dest=destination, action="store_false", default=None)
            continue
        choices = choices_text[0].split(",") if choices_text else None
        converter = TYPES[kind]
        parser.add_argument(
            *names,
            nargs=None if arity == "1" else arity,
            type=converter,
            choices=[converter(choice) for choice in choices] if choices else None,
            default=None,
        )
