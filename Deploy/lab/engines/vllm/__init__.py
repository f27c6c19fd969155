"""A stand-in for vLLM 0.32.0: the command line, processes, logs, ports and deaths of the engine, without the engine."""

import os

__version__ = os.environ.get("STANDIN_VLLM_VERSION") or "0.32.0"
