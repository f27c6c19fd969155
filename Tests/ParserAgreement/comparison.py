"""Whether a value that a parser came to is the one that was meant."""

from __future__ import annotations

import json
import re
from typing import Any

from cluster_file import Document

# What the catalogue's types are to Python.
CLASSES: dict[str, tuple[type, ...]] = {
    "text": (str,), "lower": (str,), "integer": (int,), "number": (float,), "truth": (bool,), "boolean": (bool,),
    "count": (int,), "count-or-auto": (int,), "iec-count": (int,), "array": (list,), "object": (dict,),
    "pairs": (dict,),
}  # fmt: skip

# vLLM's suffixes, and SGLang's: `M` is not the same to both.
UNITS = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
IEC_UNITS = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


# Flags that make what they need of `NAME=PATH`, each release something else.
ADAPTERS = {"lora-modules", "lora-paths"}


def adapters_agree(meant: Any, parsed: Any) -> bool:
    """Whether the names and paths of adapters are all there, and no others."""
    pairs = set()
    for each in [parsed] if isinstance(parsed, dict) else parsed:
        if isinstance(each, str):
            pairs.add(tuple(each.split("=")))
        elif "fields" in each:
            pairs.add((each["fields"]["name"], each["fields"]["path"]))
        else:
            pairs |= set(each.items())
    return pairs == {tuple(text.split("=")) for text in (meant if isinstance(meant, list) else [meant])}


def agrees(meant: Any, parsed: Any, form: str | None) -> bool:
    """`form` is the catalogue's type, which says of what class a single value has to be."""
    if isinstance(meant, bool):
        return parsed is meant
    if isinstance(meant, Document):
        return parsed == meant.value or isinstance(parsed, str) and json.loads(parsed) == meant.value
    if isinstance(meant, list):
        if not isinstance(parsed, list) or len(parsed) != len(meant):
            return False
        return all(single(one, other, form) for one, other in zip(meant, parsed))
    if isinstance(parsed, list) and form != "array":
        # One flag cuts its text at the commas.
        return parsed == meant.split(",") or len(parsed) == 1 and single(meant, parsed[0], form)
    return single(meant, parsed, form)


def single(meant: Any, parsed: Any, form: str | None) -> bool:
    """One value. The file has a text, and what is meant by it hangs on what the flag takes."""
    if parsed is None:
        return meant in ("None", "")
    # `bool` is a subclass of `int`, so that nothing less than the class itself will do.
    if form in CLASSES and type(parsed) not in CLASSES[form]:
        return False
    if not isinstance(meant, str):
        return bool(type(parsed) is type(meant) and parsed == meant)
    if isinstance(parsed, bool):
        return meant.lower() == str(parsed).lower()
    if isinstance(parsed, int):
        return parsed == whole(meant, IEC_UNITS if form == "iec-count" else UNITS)
    if isinstance(parsed, float):
        return bool(parsed == float(meant))
    if isinstance(parsed, str):
        return bool(parsed == (meant.lower() if form == "lower" else meant))
    if form == "pairs":
        return bool(parsed == {key: int(value) for key, value in (pair.split("=") for pair in meant.split(","))})
    return bool(parsed == json.loads(meant))


def whole(text: str, units: dict[str, int]) -> int | None:
    """A whole number as Python and the engines write one: `1_000`, `8k` for 8000, `auto` for -1."""
    if text.lower() == "auto":
        return -1
    match = re.fullmatch(r"([\d.]+)([A-Za-z]+)", text)
    if match and match[2] in units:
        return int(float(match[1]) * units[match[2]])
    try:
        return int(text)
    except ValueError:
        return None
