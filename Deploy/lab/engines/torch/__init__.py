"""Stand-in torch: as much of it as a measurement of bandwidth uses. A tensor is a number and how often it is there.

No `version.py` here: a machine of the lab has one of its own, which says what is installed.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import cuda, distributed

__all__ = ["Tensor", "cuda", "distributed", "float32", "ones", "zeros"]
__version__ = "2.9.1"

float32 = "float32"


@dataclass
class Tensor:
    count: int
    value: float

    # In bytes.
    @property
    def size(self) -> int:
        return self.count * 4

    def item(self) -> float:
        return self.value


def zeros(count: int, *, dtype: str = float32, device: str = "cpu") -> Tensor:
    return Tensor(count, 0)


def ones(count: int, *, dtype: str = float32, device: str = "cpu") -> Tensor:
    return Tensor(count, 1)
