"""Importing a package whose dependencies are not there.

An argument parser needs next to nothing of what an engine imports. So every module that is missing is made up: whatever
is asked of it is a class that can be called, subclassed, indexed and used as a decorator, and that says no to every
question. A module of the engine itself that breaks over such a thing keeps what it had defined, and the rest of it is
made up, too. `is_fabricated` tells the made-up from the real, so that nothing made up goes unnoticed into a result.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import re
import sys
import types
from collections.abc import Sequence
from typing import Any

# Packages that an engine tries to import to find out what machine it is on. They have to be missing.
ABSENT = {
    "aiter", "amdsmi", "deep_ep", "deep_gemm", "habana_frameworks", "intel_extension_for_pytorch", "libtpu", "mlx",
    "org", "pynvml", "sgl_kernel_npu", "torch_mlu", "torch_musa", "torch_npu", "torch_xla", "torchada", "tpu_commons",
    "tpu_inference", "tpu_info", "triton_kernels",
}  # fmt: skip

COMPILED = re.compile(r"\._(\w+_)?C(_\w+)?$")
QUESTION = re.compile(r"^(is|has|can|supports?)_|_is_|_exists$|^exists$")


class Root:
    """What made-up classes are subclasses of, so that class arguments such as `frozen=True` are taken."""

    def __init_subclass__(cls, **_: Any) -> None:
        pass


class Fabricated(type):
    """The class of everything that is made up."""

    def __new__(mcs, name: str, bases: tuple[type, ...], space: dict[str, Any], **_: Any) -> Fabricated:
        return super().__new__(mcs, name, bases or (Root,), space)

    def __init__(cls, name: str, bases: tuple[type, ...], space: dict[str, Any], **_: Any) -> None:
        super().__init__(name, bases, space)

    def __getattr__(cls, name: str) -> Any:
        # A class of the engine that has a made-up one above it is real and has its own attributes only.
        if name.startswith("__") or not is_fabricated(cls):
            raise AttributeError(name)
        made = fabricate(name)
        setattr(cls, name, made)
        return made

    def __call__(cls, *values: Any, **named: Any) -> Any:
        if not is_fabricated(cls):
            return super().__call__(*values, **named)
        if QUESTION.search(cls.__name__):
            return False
        if cls.__name__.endswith("_count"):
            return 0
        # Used as a decorator: what is decorated stays itself.
        if len(values) == 1 and not named and callable(values[0]) and not is_fabricated(values[0]):
            return values[0]
        return fabricate(cls.__name__)

    def __getitem__(cls, _: Any) -> Any:
        return cls

    def __iter__(cls) -> Any:
        return iter(())

    def __contains__(cls, _: Any) -> bool:
        return False

    def __len__(cls) -> int:
        return 0

    def __int__(cls) -> int:
        return 0

    __index__ = __int__

    def __float__(cls) -> float:
        return 0.0

    def __lt__(cls, _: Any) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__

    def __add__(cls, _: Any) -> Any:
        return cls

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __floordiv__ = __add__

    def __enter__(cls) -> Any:
        return cls

    def __exit__(cls, *_: Any) -> None:
        return None


def fabricate(name: str) -> Fabricated:
    return Fabricated(name, (), {"made_up": True})


def is_fabricated(value: Any) -> bool:
    return isinstance(value, Fabricated) and "made_up" in vars(value)


class FabricatedModule(types.ModuleType):
    """A module that has whatever it is asked for."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            return "0.0.0"
        if name.startswith("__"):
            raise AttributeError(name)
        made = fabricate(name)
        setattr(self, name, made)
        return made


class MissingModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Makes up what no other finder has found; asked last."""

    def __init__(self, engine: str):
        self.engine = engine

    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> Any:
        top = name.partition(".")[0]
        if top in ("sglang", "vllm"):
            # Compiled modules are not unpacked. Others of the engine's own that are missing are so in the release.
            if top != self.engine or not COMPILED.search(name):
                return None
        elif top in ABSENT or top in sys.stdlib_module_names:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: Any) -> types.ModuleType:
        return FabricatedModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


class EngineModules(importlib.abc.MetaPathFinder):
    """Finds the engine's own modules, and makes up the rest of one that breaks half-way."""

    def __init__(self, engine: str):
        self.engine = engine
        self.broken: dict[str, Exception] = {}

    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> Any:
        if name.partition(".")[0] != self.engine:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module: types.ModuleType) -> None:
            try:
                execute(module)
            except Exception as problem:  # pylint: disable=broad-except
                self.broken[name] = problem
                module.__class__ = FabricatedModule

        setattr(spec.loader, "exec_module", exec_module)
        return spec


def install(engine: str) -> EngineModules:
    """From now on every import succeeds, but those of `ABSENT`."""
    own = EngineModules(engine)
    sys.meta_path.insert(0, own)
    sys.meta_path.append(MissingModules(engine))
    return own
