"""Processes as the engines have them: titles, forks, parents that take children along, GPU memory held."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import Callable, NoReturn

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15

libc = ctypes.CDLL(None, use_errno=True)


def speed() -> float:
    """Factor on every pause: 1 makes a start of four hosts take about three seconds."""
    return float(os.environ.get("STANDIN_SPEED", "1"))


def seconds(name: str, default: float) -> float:
    return float(os.environ.get(name) or default)


def stat_fields(pid: int | str) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def set_title(title: str, name: str | None = None) -> None:
    """Changes what ps shows, and loses /proc/PID/environ on the way unless SPT_NOENV is set: the engines do both.

    The engines use the setproctitle package. Where it is missing, its method is easy to repeat: the kernel shows the
    memory where it first put the arguments, so the title is written there, and over the environment behind it.
    """
    try:
        import setproctitle

        setproctitle.setproctitle(title)
        return
    except ImportError:
        pass
    fields = stat_fields("self")
    arguments_start, arguments_end, environ_start, environ_end = (int(fields[i]) for i in (45, 46, 47, 48))
    keep_environ = bool(os.environ.get("SPT_NOENV"))
    end = arguments_end if keep_environ or environ_start != arguments_end else environ_end
    room = end - arguments_start
    if arguments_start == 0 or room < 2:
        return
    text = title.encode()[: room - 1]
    if not keep_environ:
        # The C library still points at what is about to be wiped.
        libc.clearenv()
    ctypes.memmove(arguments_start, text + bytes(room - len(text)), room)
    libc.prctl(PR_SET_NAME, ctypes.c_char_p((name or title).encode()[:15]), 0, 0, 0)


def die_with_parent(parent: int) -> None:
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def fork_child(body: Callable[[], None], *, tied: bool = True) -> int:
    """Runs body in a child that never returns here."""
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGCHLD, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        if tied:
            die_with_parent(parent)
        body()
        status = 0
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 1
    except KeyboardInterrupt:
        status = 130
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)


def fork_resource_tracker() -> None:
    """The helper that Python's multiprocessing leaves beside every engine: deaf to SIGTERM, gone when all others are."""
    reader, writer = os.pipe()

    def body() -> None:
        os.close(writer)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        set_title(f"{sys.executable} -c from multiprocessing.resource_tracker import main;main({reader})", "python3")
        os.read(reader, 1)

    fork_child(body, tied=False)
    os.close(reader)


def fork_stray() -> None:
    """STANDIN_GRANDCHILD: a process that left the session and the family, and kept only its environment."""
    if not os.environ.get("STANDIN_GRANDCHILD"):
        return
    middle = os.fork()
    if middle == 0:
        os.setsid()
        if os.fork() == 0:
            null = os.open("/dev/null", os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(null, descriptor)
            os.closerange(3, 1024)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
                signal.signal(number, signal.SIG_DFL)
            sleep_for_ever()
        os._exit(0)
    os.waitpid(middle, 0)


def sleep_for_ever() -> NoReturn:
    while True:
        signal.pause()


def kill_all(children: list[int], number: int = signal.SIGKILL) -> None:
    for child in children:
        try:
            os.kill(child, number)
        except ProcessLookupError:
            pass


def descendants(root: int) -> list[int]:
    """All processes below root, nearest first; what re-parented itself is not found, as with the engines."""
    below: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                below.setdefault(int(stat_fields(entry)[1]), []).append(int(entry))
            except OSError:
                pass
    found, queue = [], [root]
    while queue:
        children = below.get(queue.pop(0), [])
        found += children
        queue += children
    return found


class GpuMemory:
    """The record that the stand-in nvidia-smi reads: this process holds so much of that card."""

    def __init__(self, gpu: int) -> None:
        self.gpu = gpu
        self.directory = Path(os.environ.get("STANDIN_GPU_DIR") or "/run/muster-standin-gpu")
        self.ticks = stat_fields("self")[19]

    def hold(self, mebibytes: int) -> None:
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            part = self.directory / f".{os.getpid()}"
            part.write_text(f"{os.getpid()} {self.ticks} {self.gpu} {mebibytes}\n")
            part.rename(self.directory / str(os.getpid()))
        except OSError:
            pass
