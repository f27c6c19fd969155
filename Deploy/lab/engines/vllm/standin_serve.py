"""The launcher: on the head the HTTP server with EngineCore below it, elsewhere a headless executor."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import threading
import time
import traceback
from typing import Any, NoReturn

from muster_standin import failure, generation, process

from .standin_executor import Executor, WorkersFailed, engine_core
from .standin_options import check, parse
from .standin_worker import VERSION, Log


class Head:
    def __init__(self, options: argparse.Namespace, given: dict[str, Any]) -> None:
        self.options, self.given = options, given
        self.log = Log("APIServer")
        self.core = 0
        self.client: generation.Client | None = None
        self.stop = threading.Event()
        self.serving = False

    def on_signal(self, number: int, _frame: Any) -> None:
        if self.serving:
            self.stop.set()
        elif self.core and os.environ.get("STANDIN_TERM_IN_LOAD") != "exit":
            # Seen with the real one: told to end while EngineCore starts, neither ends nor goes on. Only SIGKILL helps.
            process.sleep_for_ever()
        else:
            raise KeyboardInterrupt("terminated")

    def run(self) -> None:
        from muster_standin.http import Server

        options, log = self.options, self.log
        signal.signal(signal.SIGTERM, self.on_signal)
        signal.signal(signal.SIGINT, self.on_signal)
        for line in ("", f"  version {VERSION}", f"  model   {options.model_path}", ""):
            log.info("api_utils.py:347", line)
        log.info("api_utils.py:286", f"non-default args: {self.given}")
        failure.in_launcher(options.node_rank, "args")
        process.fork_resource_tracker()
        # Bound before anything is loaded, not listened on until everything is.
        listener = Server.bind(generation.listen_address(options.host or "0.0.0.0"), options.port)
        check(options)
        log.info("model.py:733", "Resolved architecture: LlamaForCausalLM")
        log.info("model.py:2152", "Using max model len 131072")
        log.info("scheduler.py:307", "Chunked prefill is enabled with max_num_batched_tokens=8192.")
        time.sleep(0.1 * process.speed())
        request_here, request_there = socket.socketpair()
        answer_there, answer_here = socket.socketpair()

        def body() -> None:
            # The port stays the launcher's: EngineCore outlives it, and must not keep it busy.
            for end in (listener, request_here, answer_here):
                end.close()
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            engine_core(options, request_there, answer_there)

        self.core = process.fork_child(body, tied=False)
        for end in (request_there, answer_there):
            end.close()
        failure.in_launcher(options.node_rank, "spawn")
        if answer_here.recv(6, socket.MSG_WAITALL) != b"ready\n":
            status = os.waitstatus_to_exitcode(os.waitpid(self.core, 0)[1])
            raise RuntimeError(
                "Engine core initialization failed. See root cause above. "
                f"Failed core proc(s): {{'EngineCore': {status}}}"
            )
        if options.node_rank > 0:
            raise AssertionError("collective_rpc should not be called on follower node")
        failure.in_launcher(options.node_rank, "http")
        self.serve(listener, request_here, answer_here)

    def serve(self, listener: socket.socket, requests: socket.socket, answers: socket.socket) -> None:
        from muster_standin.http import Server

        from .standin_routes import routes

        options, log = self.options, self.log
        self.client = generation.Client(requests, answers, self.engine_died)
        server = Server(routes(self), access_log, self.authorized)
        log.info("entry.py:136", "Supported tasks: ['generate']")
        shown = options.host or "0.0.0.0"
        log.info("entry.py:140", f"Starting vLLM server on http://{shown}:{options.port}")
        log.info("launcher.py:186", "Available routes are:")
        for method, path in sorted(routes(self), key=lambda route: route[1]):
            log.info("launcher.py:195", f"Route: {path}, Methods: {method}")
        self.serving = True
        for line in (
            f"Started server process [{os.getpid()}]",
            "Waiting for application startup.",
            "Application startup complete.",
        ):
            os.write(2, f"INFO:     {line}\n".encode())
        server.serve(listener)
        self.stop.wait()
        if not self.client.dead:
            log.info("launcher.py:301", f"[shutdown] API server: draining requests timeout={options.shutdown_timeout}s")
            deadline = time.monotonic() + options.shutdown_timeout
            while self.client.in_flight() and time.monotonic() < deadline:
                time.sleep(0.05)
        server.stopped = True
        listener.close()
        for line in (
            "Shutting down",
            "Waiting for application shutdown.",
            "Application shutdown complete.",
            f"Finished server process [{os.getpid()}]",
        ):
            os.write(2, f"INFO:     {line}\n".encode())
        self.end_engine()

    def engine_died(self) -> None:
        self.log.error("async_llm.py:906", "AsyncLLM output_handler failed.")
        self.log.error(
            "async_llm.py:906",
            "Traceback (most recent call last):\n"
            '  File "vllm/v1/engine/async_llm.py", line 849, in output_handler\n'
            "vllm.v1.engine.exceptions.EngineDeadError: EngineCore encountered an issue. "
            "See stack trace (above) for the root cause.",
        )
        # A request that was in flight gets its 500 and the server stops at once; an idle one answers 503 for some
        # seconds until its watchdog looks. Either way it calls that success.
        assert self.client is not None
        idle = 0 if self.client.in_flight() else process.seconds("STANDIN_DEATH_WATCH", 2.0 * process.speed())
        threading.Timer(0.03 + idle, self.stop.set).start()

    def end_engine(self) -> None:
        log = self.log
        log.info("core_client.py:770", f"[shutdown] MPClient: start timeout={self.options.shutdown_timeout}s")
        log.info("utils.py:628", "[shutdown] Process manager: send sigterm to process EngineCore")
        below = [pid for pid in process.descendants(os.getpid()) if not is_tracker(pid)]
        process.kill_all(below)
        log.info("core_client.py:777", "[shutdown] MPClient: complete")

    def authorized(self, path: str, header: str) -> bool:
        keys = self.options.api_key
        return not keys or not path.startswith("/v1") or header in [f"Bearer {key}" for key in keys]


def is_tracker(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return b"resource_tracker" in file.read()
    except OSError:
        return False


class Follower:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.log = Log("MainProcess")

    def run(self) -> None:
        options, log = self.options, self.log

        def on_signal(*_: Any) -> NoReturn:
            raise SystemExit(0)

        signal.signal(signal.SIGTERM, on_signal)
        signal.signal(signal.SIGINT, on_signal)
        failure.in_launcher(options.node_rank, "args")
        check(options)
        log.info("model.py:733", "Resolved architecture: LlamaForCausalLM")
        log.info("model.py:2152", "Using max model len 131072")
        log.info(
            "serve.py:224",
            f"Launching vLLM (v{VERSION}) headless multiproc executor, with head node address "
            f"{options.master_addr}:{options.master_port} for torch.distributed process group.",
        )
        time.sleep(0.1 * process.speed())
        process.fork_resource_tracker()
        executor = Executor(options, log)

        def on_signal_with_workers(*_: Any) -> NoReturn:
            executor.shut_down(asked=True)
            raise SystemExit(0)

        executor.spawn(None, None)
        signal.signal(signal.SIGTERM, on_signal_with_workers)
        signal.signal(signal.SIGINT, on_signal_with_workers)
        failure.in_launcher(options.node_rank, "spawn")
        try:
            executor.wait_ready(lambda: None)
        except WorkersFailed:
            process.kill_all(executor.workers)
            raise Exception(
                "WorkerProc initialization failed due to an exception in a background process. See stack trace for root cause."
            ) from None
        executor.watch()
        executor.shut_down(asked=False)


def access_log(line: str) -> None:
    os.write(1, f"INFO:     {line}\n".encode())


def serve(arguments: list[str], prog: str = "vllm serve", honour_headless: bool = True) -> NoReturn:
    options, given = parse(arguments, prog)
    status = 0
    try:
        if options.headless and honour_headless:
            Follower(options).run()
        else:
            Head(options, given).run()
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 1
    except KeyboardInterrupt:
        traceback.print_exc()
        status = 130
    except BaseException:
        traceback.print_exc()
        status = 1
    finally:
        sys.stderr.flush()
        process.kill_all([pid for pid in process.descendants(os.getpid()) if not is_tracker(pid)])
    os._exit(status)


def command(arguments: list[str]) -> NoReturn:
    if arguments[:1] == ["serve"]:
        serve(arguments[1:])
    if arguments[:1] in (["--version"], ["-v"]):
        print(VERSION)
        raise SystemExit(0)
    print("usage: vllm [-h] [-v] {chat,complete,serve,launch,bench,collect-env,run-batch} ...", file=sys.stderr)
    raise SystemExit(2 if arguments and arguments[0] not in ("-h", "--help") else 0)
