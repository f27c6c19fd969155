"""What muster and a released parser do not agree on."""

from __future__ import annotations

import dataclasses
import shlex
from typing import Any


@dataclasses.dataclass
class Disagreement:
    release: str
    file: str
    # Of the file; nothing where no single one is to blame.
    line: int | None
    flag: str
    meant: Any
    parsed: Any
    argv: list[str] | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        command = f"\n  command: {shlex.join(self.argv)}" if self.argv else ""
        return f"{self.release}: {place}: {self.flag}\n  meant:   {self.meant!r}\n  parsed:  {self.parsed!r}{command}"
