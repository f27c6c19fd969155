"""The argument parser of one release, asked over standard input: `python3 -S -E released_parser.py ENGINE FOLDER`.

FOLDER holds the release as it is on PyPI. The first line that comes out describes the parser. Then each line that goes
in is `{"argv": [...], "wanted": [...]}`, an engine's command line and the attributes that are of interest, and one line
comes out for it: `{"values": {...}}` with those and every other one that is not at its default, or `{"error": ...}`.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import enum
import importlib
import importlib.metadata
import io
import json
import pathlib
import sys
from typing import Any

import fabricated
import stand_ins


class ParserOfSGLang:
    """As `sglang.srt.server_args.prepare_server_args` builds and asks it."""

    package = "sglang"
    least = ["--model-path", "model"]

    def __init__(self) -> None:
        server_args = importlib.import_module("sglang.srt.server_args")
        self.parser = self.flags = argparse.ArgumentParser(prog="sglang")
        server_args.ServerArgs.add_cli_args(self.parser)

    def parse(self, argv: list[str]) -> argparse.Namespace:
        return self.parser.parse_args(argv)


class ParserOfVLLM:
    """As the program `vllm` builds and asks it for `vllm serve`."""

    package = "vllm"
    least = ["model"]

    def __init__(self) -> None:
        # Choices and defaults hang on the machine: here they are a node's with NVIDIA cards.
        platforms = importlib.import_module("vllm.platforms")
        cuda = "vllm.platforms.cuda.NonNvmlCudaPlatform"
        # Some releases ask while they are imported, others later.
        vars(platforms).update(_current_platform=None, resolve_current_platform_cls_qualname=lambda: cuda)
        flexible = first("vllm.utils.argparse_utils", "vllm.utils").FlexibleArgumentParser
        places = ("common", "launchers", "openai")
        make = first(*(f"vllm.entrypoints.{place}.cli_args" for place in places)).make_arg_parser
        self.parser = flexible(prog="vllm")
        self.flags = make(self.parser.add_subparsers(dest="subparser").add_parser("serve"))
        # In early releases the verb itself declares the model.
        if all(action.option_strings for action in self.flags._actions):  # pylint: disable=protected-access
            self.flags.add_argument("model_tag", nargs="?")

    def parse(self, argv: list[str]) -> argparse.Namespace:
        namespace: argparse.Namespace = self.parser.parse_args(["serve", *argv])
        return namespace


def first(*names: str) -> Any:
    """The first of some modules that there is: they have moved between releases."""
    for name in names:
        with contextlib.suppress(ModuleNotFoundError):
            return importlib.import_module(name)
    raise ModuleNotFoundError(f"none of {', '.join(names)}")


def plain(value: Any) -> Any:
    """A value as JSON has it. What JSON has no form for becomes `{"class": ...}` with its text."""
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, (set, frozenset)):
        return sorted((plain(each) for each in value), key=repr)
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        text = {field.name: plain(getattr(value, field.name, None)) for field in dataclasses.fields(value)}
        return {"class": type(value).__name__, "fields": text}
    return {"class": type(value).__name__, "text": getattr(value, "__name__", "")}


def made_up(value: Any) -> bool:
    if isinstance(value, (list, tuple, set, frozenset, dict)):
        return any(made_up(each) for each in value)
    return fabricated.is_fabricated(value)


def described(parser: argparse.ArgumentParser) -> dict[str, Any]:
    """Every spelling, those that help hides among them. A parser that is made up in part is refused."""
    spellings: dict[str, Any] = {}
    for spelling, action in parser._option_string_actions.items():  # pylint: disable=protected-access
        if any(made_up(part) for part in (action.type, action.choices, action.default, action.const, action.nargs)):
            raise TypeError(f"a part of {spelling} was made up: the real one is missing")
        spellings[spelling] = {
            "dest": action.dest,
            "kind": type(action).__name__,
            "nargs": action.nargs,
            "stores": plain(stored(spelling, action)),
            "default": plain(action.default),
            "choices": None if action.choices is None else [plain(choice) for choice in action.choices],
        }
    return spellings


def stored(spelling: str, action: argparse.Action) -> Any:
    """What a flag stores that stands there without a value."""
    if isinstance(action, argparse.BooleanOptionalAction):
        off = getattr(action, "negative_option_strings", None)
        return spelling not in off if off is not None else not spelling.startswith("--no-")
    # By its own word, or by what a deprecated flag of SGLang stands for.
    const = getattr(action, "const_value", action.const)
    return True if const is None else const


def answer(parser: Any, defaults: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            values = {name: plain(value) for name, value in vars(parser.parse(request["argv"])).items()}
    except SystemExit:
        return {"error": " ".join(said.getvalue().split()).rpartition(" error: ")[2]}
    except Exception as problem:  # pylint: disable=broad-except
        return {"error": f"{type(problem).__name__}: {problem}"}
    wanted = set(request["wanted"])
    return {"values": {name: value for name, value in values.items() if name in wanted or value != defaults.get(name)}}


def main() -> None:
    engine, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    sys.path.insert(0, str(folder))
    sys.argv[1:] = []
    stand_ins.install()
    own = fabricated.install(engine)
    with contextlib.redirect_stdout(sys.stderr):
        parser = ParserOfSGLang() if engine == "sglang" else ParserOfVLLM()
        spellings = described(parser.flags)
        defaults = {name: plain(value) for name, value in vars(parser.parse(parser.least)).items()}
    print(json.dumps({"spellings": spellings, "broken": {k: str(v) for k, v in own.broken.items()}}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(parser, defaults, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
