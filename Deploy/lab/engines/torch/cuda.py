"""The cards: as many as STANDIN_GPUS says, and without any torch is one for CPUs."""

from __future__ import annotations

import os
import time


def device_count() -> int:
    return int(os.environ.get("STANDIN_GPUS", "8"))


def is_available() -> bool:
    return device_count() > 0


def set_device(index: int) -> None:
    if index >= device_count():
        raise RuntimeError("CUDA error: invalid device ordinal")


def synchronize() -> None:
    """Nothing here is done later than it is asked for."""


class Event:
    def __init__(self, enable_timing: bool = False) -> None:
        self.moment = 0.0

    def record(self) -> None:
        self.moment = time.perf_counter()

    def elapsed_time(self, end: Event) -> float:
        """In milliseconds."""
        return (end.moment - self.moment) * 1e3
