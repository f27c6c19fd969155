"""One release: its parser, its catalogue, and everything that is rendered for it."""

from __future__ import annotations

import collections
import json
import pathlib
import re
import subprocess
import sys
from concurrent.futures import Executor
from typing import Any

from cluster_file import ClusterFile, Document, Given, Unit
from comparison import ADAPTERS, adapters_agree, agrees
from disagreement import Disagreement
from generation import Generator
from renames import meant
from rendering import Muster, Refusal, Rendered

HERE = pathlib.Path(__file__).resolve().parent
# What muster says of a flag by the catalogue. The generator writes nothing that one of them is deserved by.
CATALOGUE_CODES = {f"MUS04{number}" for number in range(13, 20)}


class ReleaseCheck:
    def __init__(self, muster: Muster, engine: str, release: str, package: pathlib.Path, seed: int):
        self.muster, self.engine, self.release = muster, engine, release
        self.name = f"{engine} {release}"
        self.flags = muster.flags(engine, release)
        self.generator = Generator(engine, release, self.flags, seed)
        self.types = {name: flag for flag in self.flags for name in [flag["name"], *flag["aliases"], *flag["off"]]}
        self.parser = ReleasedParser(engine, package)
        self.lines = self.files = self.values = 0
        self.refused: collections.Counter[str] = collections.Counter()
        self.disagreements: list[Disagreement] = []
        self.told: set[tuple[str, str]] = set()

    @property
    def summary(self) -> str:
        refused = ", ".join(f"{count} lines left out for {code}" for code, count in sorted(self.refused.items()))
        return (
            f"{self.name}: {self.lines} command lines of {self.files} files, {self.values} values, "
            f"{len(self.types)} spellings, {len(self.disagreements)} disagreements"
        ) + (f"; {refused}" if refused else "")

    def run(self, examples: list[tuple[str, str]], lines: int, pool: Executor) -> None:
        self.catalogue()
        own = [(name, self.moved(text)) for name, text in examples if f"kind: {self.engine}," in text]
        made = [(f"generated {index}", text) for index, text in enumerate(self.generator.files(lines))]
        for file, rendered in pool.map(self.rendered, own + made):
            if file is not None:
                self.compare(file, rendered)
        self.parser.close()

    def moved(self, text: str) -> str:
        """An example as a file for this release."""
        return re.sub(r"(?m)^(engine: .*version: )[\w.]+", rf"\g<1>{self.release}", text)

    # --- the catalogue -----------------------------------------------------------------------------------------------

    def catalogue(self) -> None:
        """The catalogue has the parser's flags and choices, and no others."""
        listed = {self.dashed(name) for name in self.types}
        there = set(self.parser.spellings) - {"-h", "--help"}
        for name in sorted(listed ^ there):
            self.differs("catalogue", name, name in listed, name in there)
        for flag in self.flags:
            known = self.parser.spellings.get(self.dashed(flag["name"]))
            if known and known["choices"] is not None and flag["type"] != "boolean":
                # The text `None` never gets as far as the choices; no value may be one of them.
                choices = {str(choice) for choice in known["choices"]} - {"None"}
                may_be_none = None in known["choices"]
                if choices != set(flag["choices"]) or may_be_none != flag["may_be_none"]:
                    self.differs("catalogue", flag["name"], sorted(flag["choices"]), sorted(choices))

    def differs(self, file: str, flag: str, said: Any, parsed: Any) -> None:
        self.disagreements.append(Disagreement(self.name, file, None, flag, said, parsed))

    @staticmethod
    def dashed(name: str) -> str:
        return name if name.startswith("-") else "--" + name

    # --- rendering ---------------------------------------------------------------------------------------------------

    def rendered(self, named: tuple[str, str]) -> tuple[ClusterFile | None, list[Rendered]]:
        """A file's command lines. Lines of `args` that muster refuses are left out, and told of."""
        name, text = named
        while True:
            file = ClusterFile(text, name)
            try:
                return file, self.muster.rendered(text, file.image, file.secrets)
            except Refusal as refusal:
                lines = self.refusal(file, refusal)
            if not lines:
                return None, []
            kept = [line for number, line in enumerate(text.splitlines(), 1) if number not in lines]
            text = "\n".join(kept if kept[-1] != "args:" else kept[:-1]) + "\n"

    def refusal(self, file: ClusterFile, refusal: Refusal) -> set[int]:
        """The lines of `args` to leave out; none where the whole file is refused."""
        given = {line.line: line for line in file.args}
        found = {each["line"]: each for each in refusal.diagnostics}
        for number, diagnostic in found.items():
            line = given.get(number)
            if line is None:
                # An example may be of no use to another release.
                self.refused[f"{diagnostic['code']} (a whole file)"] += 1
                if file.origin.startswith("generated"):
                    self.differs(f"{file.origin}:{number}", diagnostic["code"], file.text, diagnostic["message"])
                return set()
            if diagnostic["code"] in CATALOGUE_CODES and self.is_own(line) and file.origin.startswith("generated"):
                self.disagreements.append(
                    Disagreement(self.name, file.origin, number, line.name, line.value, diagnostic["message"])
                )
            else:
                self.refused[diagnostic["code"]] += 1
        return set(found)

    def is_own(self, line: Given) -> bool:
        return self.parser.knows(line.name.split(".")[0])

    # --- comparing ---------------------------------------------------------------------------------------------------

    def compare(self, file: ClusterFile, rendered: list[Rendered]) -> None:
        self.files += 1
        units = file.units(self.parser.knows)
        if len(units) != len(rendered):
            self.differs(file.origin, "units", len(units), len(rendered))
            return
        for unit, command in zip(units, rendered):
            self.lines += 1
            self.compare_unit(file, unit, command)

    def compare_unit(self, file: ClusterFile, unit: Unit, command: Rendered) -> None:
        wanted: dict[str, tuple[str, Any, int | None]] = {}
        for flag, value in unit.keys.items():
            wanted[self.parser.dest(flag)] = (flag, value, None)
        for line in file.args:
            for flag, value in self.meaning(file, line).items():
                wanted[self.parser.dest(flag)] = (flag, value, line.line)
        answer = self.parser.parse(command.argv, list(wanted))
        if "error" in answer:
            self.tell(file, command, None, "the command", "to parse", answer["error"])
            return
        values = answer["values"]
        for dest, (flag, value, number) in wanted.items():
            self.values += 1
            parsed = values.pop(dest, None)
            if not self.is_meant(flag, value, parsed):
                self.tell(file, command, number, flag, value, parsed)
        for dest, value in values.items():
            if dest != "subparser":
                self.tell(file, command, None, dest, "its default", value)

    def tell(self, file: ClusterFile, command: Rendered, line: int | None, flag: str, meant_: Any, parsed: Any) -> None:
        """Once for each flag of a file: what one unit got wrong, the others did, too."""
        if (file.origin, flag) not in self.told:
            self.told.add((file.origin, flag))
            place = f"{file.origin} {command.path}"
            self.disagreements.append(Disagreement(self.name, place, line, flag, meant_, parsed, command.argv))

    def meaning(self, file: ClusterFile, line: Given) -> dict[str, Any]:
        base, point, path = line.name.partition(".")
        if point:
            # A path into a JSON value, whose end is JSON where it can be.
            nested = json_or_text(line.value)
            for key in reversed(path.split(".")):
                nested = {key: nested}
            return {base: Document(nested)}
        # The keys of the file say the rest.
        if line.name == "enable-dp-attention" and self.parser.knows("attn-dp-size"):
            return {}
        if line.name == "enable-ep-moe" and line.value is False and file.size("ep_size") > 1:
            return {}
        if line.name == "enable-ep-moe" and (not self.parser.knows(line.name) or self.is_deprecated(line.name)):
            return {"ep-size": file.size("tp_size")} if line.value is True else {}
        means = meant(self.engine, line.name, line.value, self.parser.knows, self.is_deprecated)
        if means is None:
            raise KeyError(f"{self.name}: {file.origin}:{line.line}: `{line.name}` was rendered, nobody says as what")
        return means

    def is_deprecated(self, name: str) -> bool:
        return name in self.types and bool(self.types[name]["deprecated"])

    def is_meant(self, flag: str, value: Any, parsed: Any) -> bool:
        known = self.parser.spellings.get(self.dashed(flag), {})
        entry = self.types.get(flag, {"arity": "one", "type": None})
        # Of what a deprecated flag does no more, nothing comes; what it stands for may be another flag's.
        if known.get("kind") == "DeprecatedAction":
            return bool(parsed == known["default"])
        if known.get("kind") == "DeprecatedStoreConstAction":
            return bool(parsed == known["stores"])
        if value is True and (entry["arity"] in ("none", "maybe") or known.get("nargs") == 0):
            return bool(parsed == known["stores"])
        if value is False and entry["arity"] == "none":
            return bool(parsed == self.switched_off(flag, entry))
        return adapters_agree(value, parsed) if flag in ADAPTERS else agrees(value, parsed, entry["type"])

    def switched_off(self, flag: str, entry: dict[str, Any]) -> Any:
        """What a switch is when it is off: by the name of opposite sense, and where there is none, without a word."""
        others = [entry["name"]] if flag in entry["off"] else entry["off"]
        known = self.parser.spellings
        return known[self.dashed(others[0])]["stores"] if others else known[self.dashed(flag)]["default"]


def json_or_text(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except json.JSONDecodeError:
        return value


class ReleasedParser:
    """The parser of one release, in a process of its own."""

    def __init__(self, engine: str, package: pathlib.Path):
        self.engine = engine
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [sys.executable, "-S", "-E", str(HERE / "released_parser.py"), engine, str(package)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        first = self.read()
        self.spellings: dict[str, Any] = first["spellings"]

    def read(self) -> dict[str, Any]:
        assert self.process.stdout and self.process.stderr
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the parser of {self.engine} could not be built: {self.process.stderr.read()[-2000:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def parse(self, argv: list[str], wanted: list[str]) -> dict[str, Any]:
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"argv": argv, "wanted": wanted}) + "\n")
        self.process.stdin.flush()
        return self.read()

    def close(self) -> None:
        assert self.process.stdin and self.process.stdout and self.process.stderr
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()
        self.process.stderr.close()

    def knows(self, name: str) -> bool:
        return "--" + name in self.spellings

    def dest(self, name: str) -> str:
        """Where a flag's value is kept; the name that is none stands for the model, which vLLM takes by its place."""
        dest: str = self.spellings[ReleaseCheck.dashed(name)]["dest"] if name else "model_tag"
        return dest
