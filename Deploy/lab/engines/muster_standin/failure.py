"""Failing on demand: STANDIN_FAIL, or the same words in a file that a test writes on one host.

    node=2,phase=weights,signal=9
    node=1,rank=9,phase=serving,after=0.5,exit=3
    phase=graphs,log=torch.OutOfMemoryError: CUDA out of memory.

Keys: node (node rank; every node if absent), phase (args spawn rendezvous weights graphs http serving; measure is the
stand-in torch's, whose ranks belong to no engine), rank (a global rank: that worker; absent: the launcher), after
(seconds after the phase was entered), and one action, which comes last: signal=N, exit=N, hang=1 (without a rank: the
node's first worker hangs, and with it all), or log=TEXT (all the rest of the line: printed, then the process dies of it).
Several failures are separated by newlines or semicolons.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from . import process

PHASES = ("args", "spawn", "rendezvous", "weights", "graphs", "http", "serving", "measure")


@dataclass
class Failure:
    node: int | None = None
    rank: int | None = None
    phase: str = "serving"
    after: float = 0
    action: str = "exit"
    value: str = "1"


def parse(text: str) -> list[Failure]:
    failures = []
    for line in text.replace(";", "\n").splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        failure, rest = Failure(), line
        while rest:
            key, _, value = rest.partition("=")
            key = key.strip()
            if key != "log":
                value, _, rest = value.partition(",")
            else:
                rest = ""
            if key in ("signal", "exit", "hang", "log"):
                failure.action, failure.value = key, value
            elif key in ("node", "rank"):
                setattr(failure, key, int(value))
            elif key == "after":
                failure.after = float(value)
            elif key == "phase" and value in PHASES:
                failure.phase = value
            else:
                raise SystemExit(f"STANDIN_FAIL: cannot read '{key}={value}'")
        failures.append(failure)
    return failures


def control_file() -> Path:
    home = os.environ.get("HOME") or "/root"
    return Path(os.environ.get("STANDIN_CONTROL") or f"{home}/.standin-fail")


def wanted(node: int, phase: str) -> list[Failure]:
    text = os.environ.get("STANDIN_FAIL", "")
    try:
        text += "\n" + control_file().read_text()
    except OSError:
        pass
    return [f for f in parse(text) if f.phase == phase and f.node in (None, node)]


class DiedOfLog(Exception):
    """A worker that fails with a message: raised, so that it travels the road of a real exception."""


def in_launcher(node: int, phase: str) -> None:
    """For the phases that the launcher itself goes through."""
    for failure in wanted(node, phase):
        time.sleep(failure.after)
        act(failure)


def in_worker(node: int, phase: str, rank: int, first_local: bool, tell_launcher: Callable[[Failure], None]) -> None:
    """For the phases of the workers. The first local worker also does what was meant for its launcher."""

    def strike(failure: Failure) -> None:
        if failure.rank is not None:
            act(failure, worker=True)
        elif failure.action == "signal":
            os.kill(os.getppid(), int(failure.value))
        elif failure.action == "hang":
            process.sleep_for_ever()
        else:
            tell_launcher(failure)

    for failure in wanted(node, phase):
        if failure.rank != rank and not (failure.rank is None and first_local):
            continue
        if failure.after:
            signal.signal(signal.SIGALRM, lambda *_, failure=failure: strike(failure))
            signal.setitimer(signal.ITIMER_REAL, failure.after)
        else:
            strike(failure)


def act(failure: Failure, worker: bool = False) -> None:
    if failure.action == "signal":
        os.kill(os.getpid(), int(failure.value))
    elif failure.action == "hang":
        process.sleep_for_ever()
    elif failure.action == "log":
        if worker:
            raise DiedOfLog(failure.value)
        print(failure.value, file=sys.stderr, flush=True)
        raise SystemExit(1)
    else:
        sys.stderr.flush()
        os._exit(int(failure.value))
