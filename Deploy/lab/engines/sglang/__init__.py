"""A stand-in for SGLang: the command line, processes, logs, ports and deaths of the engine, without the engine."""

import os

__version__ = os.environ.get("STANDIN_SGLANG_VERSION") or "0.5.9"
