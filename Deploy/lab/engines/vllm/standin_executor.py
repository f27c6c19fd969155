"""Spawns the workers of a node and watches them: inside EngineCore on the head, inside the launcher elsewhere."""

from __future__ import annotations

import argparse
import os
import select
import socket
import time
from typing import Callable, NoReturn

from muster_standin import failure, process

from .standin_worker import Log, Worker


class WorkersFailed(Exception):
    pass


class Executor:
    def __init__(self, options: argparse.Namespace, log: Log) -> None:
        self.options, self.log = options, log
        self.workers: list[int] = []
        self.pipes: list[int] = []
        self.death_reader, self.death_writer = os.pipe()
        world = options.tensor_parallel_size * options.pipeline_parallel_size
        self.local_count = world // options.nnodes
        self.first_rank = options.node_rank * self.local_count

    def spawn(self, requests: socket.socket | None, answers: socket.socket | None, *unused: socket.socket) -> None:
        for local in range(self.local_count):
            reader, writer = os.pipe()

            def body(local: int = local, writer: int = writer, reader: int = reader) -> None:
                for other in (*self.pipes, reader, self.death_writer):
                    os.close(other)
                for stranger in unused:
                    stranger.close()
                rank = self.first_rank + local
                own = rank == 0
                for end in (requests, answers):
                    if end is not None and not own:
                        end.close()
                Worker(
                    self.options,
                    rank,
                    local,
                    writer,
                    self.death_reader,
                    *((requests, answers) if own else (None, None)),
                ).main()

            # Not tied: a worker hears of its parent's end through a pipe, says so, and if it is blocked on its peers
            # stays where it is, with its GPU.
            self.workers.append(process.fork_child(body, tied=False))
            os.close(writer)
            self.pipes.append(reader)
        os.close(self.death_reader)

    def wait_ready(self, on_memory: Callable[[], None]) -> None:
        """All at once: whichever worker dies first is noticed."""
        ready: set[int] = set()
        told = False
        while len(ready) < len(self.pipes):
            for pipe in select.select([pipe for pipe in self.pipes if pipe not in ready], [], [])[0]:
                part = os.read(pipe, 4096)
                if not part:
                    raise WorkersFailed
                if b"memory\n" in part and not told:
                    told = True
                    on_memory()
                self.obey(part)
                if b"ready\n" in part:
                    ready.add(pipe)

    def obey(self, words: bytes) -> None:
        for line in words.decode().splitlines():
            if line.startswith("fail "):
                _, action, value = line.split(" ", 2)
                failure.act(failure.Failure(action=action, value=value))

    def watch(self, on_step_failure: Callable[[str], None] | None = None) -> None:
        """Returns when a worker is gone; its pipe says so, even after kill -9."""
        while True:
            for pipe in select.select(self.pipes, [], [])[0]:
                part = os.read(pipe, 4096)
                if part.startswith(b"dead ") and on_step_failure is not None:
                    on_step_failure(part[5:].decode().strip())
                    return
                if part:
                    self.obey(part)
                    continue
                index = self.pipes.index(pipe)
                self.log.error(
                    "multiproc_executor.py:315",
                    f"Worker proc VllmWorker-{self.first_rank + index} died unexpectedly (exit code: None), "
                    "shutting down executor.",
                )
                return

    def shut_down(self, asked: bool) -> None:
        """A worker blocked on its peers does not heed the first request, nor SIGTERM: 5 and 4 seconds in the engine."""
        unit = process.speed()
        self.log.info(
            "multiproc_executor.py:479", f"[shutdown] Executor: waiting for worker exit count={len(self.workers)}"
        )
        if asked:
            for share, source, what in (
                (1.0, "multiproc_executor.py:491", "workers still running after grace period; sending SIGTERM"),
                (0.8, "multiproc_executor.py:501", "workers still running after SIGTERM; sending SIGKILL"),
            ):
                time.sleep(share * unit)
                self.log.warning(source, f"[shutdown] Executor: {what} count={len(self.workers)}")
        else:
            time.sleep(0.5 * unit)
        process.kill_all(self.workers)
        if not asked:
            self.log.info("multiproc_executor.py:486", "[shutdown] Executor: all workers exited gracefully")


def engine_core(options: argparse.Namespace, requests: socket.socket, answers: socket.socket) -> NoReturn:
    """The process between the HTTP server and the workers. Nothing ties it to the HTTP server's life."""
    import threading

    from .standin_worker import VERSION, prefix

    log = Log("EngineCore")
    process.set_title(f"{prefix()}::EngineCore")
    begin = time.monotonic()
    tensor, pipeline = options.tensor_parallel_size, options.pipeline_parallel_size
    log.info(
        "core.py:133",
        f"Initializing a V1 LLM engine (v{VERSION}) with config: model='{options.model_path}', speculative_config=None, "
        f"tokenizer='{options.model_path}', dtype=torch.bfloat16, max_seq_len=131072, tensor_parallel_size={tensor}, "
        f"pipeline_parallel_size={pipeline}, served_model_name={options.model_path}",
    )
    executor = Executor(options, log)
    if options.nnodes > 1:
        log.info(
            "multiproc_executor.py:153",
            f"DP group leader: node_rank=0, node_rank_within_dp=0, master_addr={options.master_addr}, "
            f"mq_connect_ip={os.environ.get('VLLM_HOST_IP') or options.master_addr} (local), "
            f"world_size={tensor * pipeline}, local_world_size={executor.local_count}",
        )
    request_here, request_there = socket.socketpair()
    answer_there, answer_here = socket.socketpair()
    executor.spawn(request_there, answer_there, requests, answers, request_here, answer_here)
    for end in (request_there, answer_there):
        end.close()

    def capacity() -> None:
        log.info(
            "kv_cache_utils.py:2327",
            "GPU KV cache size: 262,144 tokens, Maximum concurrency for 131,072 tokens per request: 2.00x",
        )

    try:
        executor.wait_ready(capacity)
    except WorkersFailed:
        log.error("core.py:1508", "EngineCore failed to start.")
        log.error(
            "core.py:1508",
            "Traceback (most recent call last):\n"
            '  File "vllm/v1/engine/core.py", line 1499, in run_engine_core\n'
            "Exception: WorkerProc initialization failed due to an exception in a background process. "
            "See stack trace for root cause.",
        )
        process.kill_all(executor.workers)
        os._exit(1)
    log.info(
        "core.py:402", f"init engine (profile, create kv cache, warmup model) took {time.monotonic() - begin:.2f} s"
    )
    answers.sendall(b"ready\n")

    def step_failed(text: str) -> None:
        log.error("core.py:1512", "EngineCore encountered a fatal error.")
        log.error(
            "core.py:1512",
            f'Traceback (most recent call last):\n  File "vllm/v1/engine/core.py", line 1503, in run_engine_core\n{text}',
        )

    def pump(source: socket.socket, target: socket.socket) -> None:
        from muster_standin.generation import relay

        relay(source, target)

    for source, target in ((requests, request_here), (answer_here, answers)):
        threading.Thread(target=pump, args=(source, target), daemon=True).start()
    executor.watch(step_failed)
    try:
        answers.sendall(b"x 0\n")
    except OSError:
        pass
    executor.shut_down(asked=False)
    os._exit(1)
