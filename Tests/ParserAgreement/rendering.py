"""What muster makes of a cluster file: the command lines that its launch scripts really start."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import subprocess
import tempfile
from typing import Any

from cluster_file import SECRET

# The exit status that tells of a file with errors.
INVALID_FILE = 3

# Stands for every program that a launch script may start, and writes down what it was started with.
RECORDER = """#!/bin/sh
printf '%s\\0' "$0" "$@" >"$AGREEMENT_RECORD"
"""


@dataclasses.dataclass
class Refusal(Exception):
    """What muster has against a file."""

    diagnostics: list[dict[str, Any]]


@dataclasses.dataclass
class Rendered:
    """The command of one unit, without the program and the words that name the engine's server."""

    path: str
    argv: list[str]


class Muster:
    """The program under test, and a folder with programs that record how they are started."""

    def __init__(self, program: str, folder: pathlib.Path):
        self.program = program
        self.folder = folder
        self.programs = folder / "bin"
        self.programs.mkdir()
        for name in ("python3", "vllm", "docker", "podman"):
            path = self.programs / name
            path.write_text(RECORDER)
            path.chmod(0o755)

    def flags(self, engine: str, release: str) -> list[dict[str, Any]]:
        """The catalogue of one release."""
        command = [self.program, "flags", "--engine", engine, "--version", release, "--format", "json"]
        answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        flags: list[dict[str, Any]] = answer["flags"]
        return flags

    def rendered(self, text: str, image: str | None, secrets: list[str]) -> list[Rendered]:
        """Every unit's command line, as the script runs it."""
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            folder = pathlib.Path(name)
            (folder / "cluster.yaml").write_text(text)
            environment = os.environ | {secret: SECRET for secret in secrets}
            process = subprocess.run(
                [self.program, "render", str(folder / "cluster.yaml"), "--format", "json"],
                capture_output=True, text=True, check=False, env=environment,
            )  # fmt: skip
            if process.returncode != 0:
                raise Refusal(diagnostics(process))
            answer = json.loads(process.stdout)
            files = [file for gang in answer.get("replicas", [answer]) for file in gang["files"]]
            scripts = [file for file in files if file["path"].endswith("launch.sh")]
            return [
                Rendered(file["path"], self.started(folder, file["content"], image, environment)) for file in scripts
            ]

    def started(self, folder: pathlib.Path, content: str, image: str | None, environment: dict[str, str]) -> list[str]:
        script, record = folder / "launch.sh", folder / "argv"
        script.write_text(content)
        path = f"{self.programs}:{environment.get('PATH', '/usr/bin:/bin')}"
        subprocess.run(
            ["sh", str(script)], check=True, env=environment | {"PATH": path, "AGREEMENT_RECORD": str(record)}
        )
        argv = record.read_text().split("\0")[:-1]
        record.unlink()
        # What a container is told stands behind the image's name.
        words = argv[argv.index(image) + 1 :] if image else [pathlib.Path(argv[0]).name, *argv[1:]]
        head = ["vllm", "serve"] if words[0] == "vllm" else ["python3", "-m", "sglang.launch_server"]
        if words[: len(head)] != head:
            raise ValueError(f"no command of an engine: {' '.join(words)}")
        return words[len(head) :]


def diagnostics(process: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """The errors of a refused file, each with its code and the line it is about."""
    if process.returncode != INVALID_FILE:
        raise RuntimeError(f"muster render ended with {process.returncode}: {process.stderr.strip()[-600:]}")
    found: list[dict[str, Any]] = json.loads(process.stdout)["diagnostics"]
    return [each for each in found if each["severity"] == "error"]
