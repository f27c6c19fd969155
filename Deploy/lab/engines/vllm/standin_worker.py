"""One worker: the process that owns a GPU."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import threading
import time
import traceback
from typing import NoReturn

from muster_standin import failure, generation, nccl, process
from muster_standin.world import PeerLost, Stalled, Unreachable, World

from . import __version__

VERSION = __version__
SHARDS = 8
GRAPHS = 7
# The ranks of 0.32.0 in the order in which it names them.
RANKS = "DP rank 0, PP rank {pp}, PCP rank 0, TP rank {tp}, ETP rank {tp}, EP rank N/A, EPLB rank N/A"


class Log:
    """`(Name pid=N) INFO 11-21 18:22:57 [file.py:12] message`, every line of a message with the prefix."""

    def __init__(self, name: str) -> None:
        self.name = name

    def write(self, level: str, source: str, message: str) -> None:
        head = f"({self.name} pid={os.getpid()}) {level} {time.strftime('%m-%d %H:%M:%S')} [{source}] "
        os.write(1, "".join(f"{head}{line}\n" for line in message.split("\n")).encode())

    def info(self, source: str, message: str) -> None:
        self.write("INFO", source, message)

    def warning(self, source: str, message: str) -> None:
        self.write("WARNING", source, message)

    def error(self, source: str, message: str) -> None:
        self.write("ERROR", source, message)


def prefix() -> str:
    return os.environ.get("VLLM_PROCESS_NAME_PREFIX") or "VLLM"


class Worker:
    def __init__(
        self,
        options: argparse.Namespace,
        rank: int,
        local: int,
        ready: int,
        death: int,
        requests: socket.socket | None,
        answers: socket.socket | None,
    ) -> None:
        self.options, self.rank, self.local = options, rank, local
        self.ready, self.death = ready, death
        self.requests, self.answers = requests, answers
        self.log = Log("Worker")
        self.pace = process.speed()
        self.pp, self.tp = divmod(rank, options.tensor_parallel_size)
        self.size = options.tensor_parallel_size * options.pipeline_parallel_size

    def pause(self, share: float) -> None:
        time.sleep(share * self.pace)

    def once(self, source: str, message: str) -> None:
        """Said by the first worker of each node."""
        if self.local == 0:
            self.log.info(source, message)

    def phase(self, name: str) -> None:
        def tell(what: failure.Failure) -> None:
            os.write(self.ready, f"fail {what.action} {what.value}\n".encode())

        failure.in_worker(self.options.node_rank, name, self.rank, self.local == 0, tell)

    def main(self) -> None:
        process.fork_stray()
        process.set_title(f"{prefix()}::Worker")
        try:
            self.start()
        except BaseException as problem:
            self.log.error("multiproc_executor.py:921", "WorkerProc failed to start.")
            self.log.error("multiproc_executor.py:921", describe(problem))
            os._exit(1)
        os.write(self.ready, b"ready\n")
        threading.Thread(target=self.watch_parent, daemon=True).start()
        try:
            self.serve()
        except BaseException as problem:
            self.log.error("multiproc_executor.py:981", "WorkerProc hit an exception.")
            self.log.error("multiproc_executor.py:981", describe(problem))
            os._exit(1)

    def watch_parent(self) -> None:
        os.read(self.death, 1)
        self.log.info("multiproc_executor.py:843", "Parent process exited, terminating worker queues")
        if self.options.node_rank == 0:
            time.sleep(0.5 * self.pace)
            os._exit(0)
        # On a follower it is blocked in a collective, and stays.

    def start(self) -> None:
        options = self.options
        memory = process.GpuMemory(self.local)
        self.pause(0.3)  # imports
        address = f"tcp://{options.master_addr}:{options.master_port}"
        self.log.info(
            "parallel_state.py:1906",
            f"world_size={self.size} rank={self.rank} local_rank={self.local} distributed_init_method={address} backend=nccl",
        )
        self.phase("rendezvous")
        timeout = process.seconds("STANDIN_DIST_TIMEOUT", getattr(options, "distributed_timeout_seconds", None) or 600)
        world = World(self.rank, self.size, options.master_addr, options.master_port, timeout)
        self.world = world
        world.join()
        self.pause(0.15)
        self.once("pynccl.py:113", "vLLM is using nccl==2.28.9")
        nccl.speak(self.rank, self.local, self.size // options.nnodes, self.size)
        self.once(
            "parallel_state.py:2350",
            f"rank {self.rank} in world size {self.size} is assigned as {RANKS.format(pp=self.pp, tp=self.tp)}",
        )
        name = "Worker"
        if options.pipeline_parallel_size > 1:
            name += f"_PP{self.pp}"
        if options.tensor_parallel_size > 1:
            name += f"_TP{self.tp}"
        process.set_title(f"{prefix()}::{name}")
        self.log.name = name
        memory.hold(600)

        self.once("gpu_model_runner.py:5012", f"Starting to load model {options.model_path}...")
        begin = time.monotonic()
        self.load(memory)
        self.meet(1)
        took = time.monotonic() - begin
        self.once("default_loader.py:501", f"Loading weights took {took:.2f} seconds")
        self.once("gpu_model_runner.py:5110", f"Model loading took 22.48 GiB memory and {took + 0.05:.6f} seconds")
        if not options.enforce_eager:
            self.pause(0.1)
            self.once("backends.py:1025", f"Dynamo bytecode transform time: {0.05 * self.pace:.2f} s")
            self.once("monitor.py:63", f"torch.compile took {0.1 * self.pace:.2f} s in total")
        self.once("gpu_worker.py:478", "Available KV cache memory: 14.02 GiB")
        os.write(self.ready, b"memory\n")
        memory.hold(38400)
        if options.enforce_eager:
            self.phase("graphs")
        else:
            self.capture()
        self.meet(2)
        memory.hold(39200)

    def load(self, memory: process.GpuMemory) -> None:
        """Global rank 0 alone shows shards."""
        begin = time.monotonic()
        for shard in range(SHARDS + 1):
            if self.rank == 0:
                passed = time.monotonic() - begin
                rate = f"{shard / passed:5.2f}it/s" if shard and passed > 0.001 else "?it/s"
                left = f"00:{int(passed / shard * (SHARDS - shard)):02d}" if shard else "?"
                line = (
                    f"Loading safetensors checkpoint shards: {100 * shard // SHARDS:3d}% Completed | {shard}/{SHARDS} "
                    f"[00:{int(passed):02d}<{left}, {rate}]\n"
                )
                os.write(2, line.encode())
            if shard == SHARDS // 3:
                self.phase("weights")
            if shard < SHARDS:
                self.pause(0.1)
                if shard % 4 == 3:
                    memory.hold(600 + 23020 * (shard + 1) // SHARDS)
        if self.rank == 0:
            os.write(2, b"\n")

    def capture(self) -> None:
        begin = time.monotonic()
        for step in range(GRAPHS + 1):
            if self.rank == 0:
                bar = ("█" * (10 * step // GRAPHS)).ljust(10)
                lead = "\r" if step else ""
                line = (
                    f"{lead}Capturing CUDA graphs (mixed prefill-decode, PIECEWISE): {100 * step // GRAPHS:3d}%|{bar}| "
                    f"{step}/{GRAPHS} [00:{int(time.monotonic() - begin):02d}<00:00,  9.10it/s]"
                )
                os.write(2, line.encode())
            if step == GRAPHS // 2:
                self.phase("graphs")
            if step < GRAPHS:
                self.pause(0.07)
        if self.rank == 0:
            os.write(2, b"\n")
        took = time.monotonic() - begin
        self.once("gpu_model_runner.py:6301", f"Graph capturing finished in {took:.0f} secs, took 0.80 GiB")

    def meet(self, number: int) -> None:
        timeout = process.seconds("STANDIN_COLLECTIVE_TIMEOUT", self.world.timeout)
        try:
            self.world.barrier(number, timeout)
        except Stalled:
            milliseconds = int(timeout * 1000)
            raise RuntimeError(
                f"[Rank {self.rank}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=9, OpType=ALLREDUCE, "
                f"NumelIn=1, NumelOut=1, Timeout(ms)={milliseconds}) ran for {milliseconds + 13} milliseconds before timing out."
            ) from None

    # Serving

    def serve(self) -> None:
        self.phase("serving")
        if self.rank != 0:
            try:
                self.world.follow()
            except PeerLost:
                # Blocked in the broadcast queue for ever: no heartbeat tells it that the leader is gone.
                process.sleep_for_ever()
            sys.exit(0)
        assert self.requests is not None and self.answers is not None
        generation.serve_requests(self.world, self.requests, self.answers, self.step)
        process.sleep_for_ever()

    def step(self) -> None:
        timeout = process.seconds("VLLM_EXECUTE_MODEL_TIMEOUT_SECONDS", 300)
        try:
            self.world.step(timeout, notice_death=True)
        except PeerLost:
            self.fail_step(
                "RuntimeError: Worker failed with error '[gloo/transport/tcp/pair.cc:553] Connection closed by peer. This is "
                "typically caused by a remote worker crash', please check the stack trace above for the root cause"
            )
        except Stalled:
            self.fail_step("TimeoutError: RPC call to execute_model timed out.")

    def fail_step(self, text: str) -> NoReturn:
        """The worker lives on; it is EngineCore that raises."""
        os.write(self.ready, f"dead {text}\n".encode())
        process.sleep_for_ever()


def describe(problem: BaseException) -> str:
    text = traceback.format_exc().rstrip()
    if isinstance(problem, (Unreachable, PeerLost, failure.DiedOfLog)):
        text = text.rpartition("\n")[0] + "\n" + str(problem)
    return text
