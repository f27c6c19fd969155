"""One scheduler: the process that owns a GPU."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import time
import traceback
from dataclasses import dataclass
from typing import NoReturn

from muster_standin import failure, generation, nccl, process
from muster_standin.world import PeerLost, Stalled, Unreachable, World, split_address

from .standin_release import RELEASE

GRAPH_BATCHES = [1, 2, 4, 8, 16, 24, 32]
SHARDS = 8


@dataclass
class Place:
    """Where a scheduler sits."""

    pp: int
    tp: int
    gpu: int
    rank: int
    node: int
    first_local: bool


def stamp() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S")


def write(text: str) -> None:
    # One write per line: the lines of eight processes end up in one file.
    os.write(2, text.encode())


def log(message: str, tag: str = "") -> None:
    write(f"[{stamp()}{tag}] {message}\n")


def tag(options: argparse.Namespace, place: Place) -> str:
    text = ""
    if options.enable_dp_attention:
        text += f" DP{place.tp * options.dp_size // options.tp_size}"
    if options.pp_size > 1:
        text += f" PP{place.pp}"
    if options.tp_size > 1 or RELEASE.rank_tag_always:
        text += f" TP{place.tp}"
    if options.ep_size > 1:
        text += f" EP{place.tp * options.ep_size // options.tp_size}"
    return text


class Scheduler:
    def __init__(
        self,
        options: argparse.Namespace,
        place: Place,
        ready: int,
        requests: socket.socket | None,
        answers: socket.socket | None,
    ) -> None:
        self.options, self.place, self.ready = options, place, ready
        self.requests, self.answers = requests, answers
        self.tag = tag(options, place)
        self.pace = process.speed()

    def log(self, message: str) -> None:
        log(message, self.tag)

    def pause(self, share: float) -> None:
        time.sleep(share * self.pace)

    def phase(self, name: str) -> None:
        place = self.place

        def tell(what: failure.Failure) -> None:
            os.write(self.ready, f"fail {what.action} {what.value}\n".encode())

        failure.in_worker(place.node, name, place.rank, place.first_local, tell)

    def main(self) -> None:
        title = "sglang::scheduler" + self.tag.replace(" ", "_")
        process.fork_stray()
        process.set_title(title)
        parent = os.getppid()
        try:
            self.start()
            os.write(self.ready, b"ready\n")
            self.serve()
        except (Exception, failure.DiedOfLog) as problem:
            self.report(problem)
            os.kill(parent, signal.SIGQUIT)
            process.sleep_for_ever()

    def report(self, problem: BaseException) -> None:
        text = traceback.format_exc().rstrip()
        if isinstance(problem, (Unreachable, PeerLost, failure.DiedOfLog)):
            # The last line is torch's or the test's own, not the name of a stand-in's class.
            text = text.rpartition("\n")[0] + "\n" + str(problem)
        self.log(f"Scheduler hit an exception: {text}\n")

    def start(self) -> None:
        options, place = self.options, self.place
        memory = process.GpuMemory(place.gpu)
        self.pause(0.25)  # imports
        begin = time.monotonic()
        self.log("Init parallel begin." if RELEASE.parallel_words else "Init torch distributed begin.")
        self.phase("rendezvous")
        size = options.tp_size * options.pp_size
        timeout = process.seconds("STANDIN_DIST_TIMEOUT", getattr(options, "dist_timeout", None) or 600)
        if options.dist_init_addr:
            host, port = split_address(options.dist_init_addr)
        else:
            host, port = "127.0.0.1", options.nccl_port_chosen
        self.world = World(place.rank, size, host, port, timeout)
        self.world.join()
        self.pause(0.15)
        if place.rank == 0:
            self.log(f"sglang is using nccl=={RELEASE.nccl}")
        nccl.speak(place.rank, place.gpu, size // options.nnodes, size)
        memory.hold(600)
        elapsed = time.monotonic() - begin
        if RELEASE.parallel_words:
            self.log(f"Init parallel ends. elapsed={elapsed:.2f} s")
            self.log("Memory baseline taken. avail mem=43.62 GB")
        elif RELEASE.elapsed_in_lines:
            self.log(f"Init torch distributed ends. elapsed={elapsed:.2f} s, mem usage=0.59 GB")
        else:
            self.log("Init torch distributed ends. mem usage=0.59 GB")

        begin = time.monotonic()
        self.log("Load weight begin. avail mem=43.62 GB")
        self.load(memory)
        self.meet(1, process.seconds("STANDIN_LOAD_TIMEOUT", RELEASE.load_skew), loading=True)
        elapsed_text = f"elapsed={time.monotonic() - begin:.2f} s, " if RELEASE.elapsed_in_lines else ""
        self.log(
            f"Load weight end. {elapsed_text}type=LlamaForCausalLM, dtype=torch.bfloat16, "
            "avail mem=20.61 GB, mem usage=23.01 GB."
        )

        self.log("Using KV cache dtype: torch.bfloat16")
        self.log("KV Cache is allocated. #tokens: 262144, K size: 7.00 GB, V size: 7.00 GB")
        memory.hold(38400)
        self.log("Memory pool end. avail mem=6.10 GB")
        if not options.disable_cuda_graph:
            self.capture()
        memory.hold(39200)
        if place.tp == 0 or RELEASE.rank_tag_always:
            self.log(
                f"max_total_num_tokens=262144, chunked_prefill_size={options.chunked_prefill_size}, "
                f"max_prefill_tokens={options.max_prefill_tokens}, max_running_requests=2048, context_len=131072, "
                "available_gpu_mem=5.20 GB"
            )

    def load(self, memory: process.GpuMemory) -> None:
        """World rank 0 alone shows shards; the others are silent until they are done."""
        begin = time.monotonic()
        for shard in range(SHARDS + 1):
            if self.place.rank == 0:
                passed = time.monotonic() - begin
                done = 100 * shard // SHARDS
                rate = f"{shard / passed:5.2f}it/s" if passed > 0.001 and shard else "?it/s"
                left = f"{int(passed / shard * (SHARDS - shard)):02d}" if shard else "?"
                left = f"00:{left}" if shard else "?"
                lead, end = ("\r", "") if RELEASE.carriage_returns else ("", "\n")
                write(
                    f"{lead}Loading safetensors checkpoint shards: {done:3d}% Completed | {shard}/{SHARDS} "
                    f"[00:{int(passed):02d}<{left}, {rate}]{end}"
                )
            if shard == SHARDS // 3:
                self.phase("weights")
            if shard < SHARDS:
                self.pause(0.1)
                if shard % 4 == 3:
                    memory.hold(600 + 23560 * (shard + 1) // SHARDS)
        if self.place.rank == 0:
            write("\n")

    def capture(self) -> None:
        begin = time.monotonic()
        words = "target decode CUDA" if RELEASE.carriage_returns else "cuda"
        backend = " backend=full." if RELEASE.carriage_returns else ""
        self.log(f"Capture {words} graph begin.{backend} This can take up to several minutes. avail mem=6.10 GB")
        if self.place.tp == 0:
            self.log(f"Capture {words} graph bs {GRAPH_BATCHES}")
        total = len(GRAPH_BATCHES)
        for step, batch in enumerate([*reversed(GRAPH_BATCHES), 0]):
            if self.place.tp == 0:
                done = 100 * step // total
                bar = ("█" * (10 * step // total)).ljust(10)
                lead = "\r" if step else ""
                write(
                    f"{lead}Capturing batches (bs={batch or 1} avail_mem={6.1 - step / 10:.2f} GB): {done:3d}%|{bar}| "
                    f"{step}/{total} [00:{int(time.monotonic() - begin):02d}<00:00,  9.10it/s]"
                )
            if step == total // 2:
                self.phase("graphs")
            if batch:
                self.pause(0.07)
        if self.place.tp == 0:
            write("\n")
        self.meet(2, process.seconds("STANDIN_COLLECTIVE_TIMEOUT", self.world.timeout), loading=False)
        elapsed = time.monotonic() - begin
        self.log(f"Capture {words} graph end. Time elapsed: {elapsed:.2f} s. mem usage=0.80 GB. avail mem=5.20 GB.")

    def meet(self, number: int, timeout: float, loading: bool) -> None:
        try:
            self.world.barrier(number, timeout)
        except Stalled:
            if loading:
                raise ValueError(
                    f"TP rank {self.place.tp} could finish the model loading, but there are other ranks that didn't finish "
                    "loading. It is likely due to unexpected failures (e.g., OOM) or a slow node."
                ) from None
            self.collective_timeout(timeout)

    def collective_timeout(self, timeout: float) -> NoReturn:
        """NCCL's watchdog does not raise: it aborts the process."""
        rank = self.place.rank
        milliseconds = int(timeout * 1000)
        detail = time.strftime("%m%d %H:%M:%S") + ".000000000"
        write(
            f"[rank{rank}]:[E{detail} ProcessGroupNCCL.cpp:685] [Rank {rank}] Watchdog caught collective operation timeout: "
            f"WorkNCCL(SeqNum=41, OpType=ALLREDUCE, NumelIn=1, NumelOut=1, Timeout(ms)={milliseconds}) ran for "
            f"{milliseconds + 13} milliseconds before timing out.\n"
        )
        signal.signal(signal.SIGABRT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGABRT)
        process.sleep_for_ever()

    # Serving

    def serve(self) -> None:
        self.phase("serving")
        if self.place.rank != 0:
            try:
                self.world.follow()
            except PeerLost:
                # The world is fixed and the others do not hear of a death: a follower sits there, holding its GPU.
                process.sleep_for_ever()
            sys.exit(0)
        assert self.requests is not None and self.answers is not None
        generation.serve_requests(self.world, self.requests, self.answers, self.step)

    def step(self) -> None:
        timeout = process.seconds("STANDIN_WATCHDOG_TIMEOUT", self.options.watchdog_timeout)
        try:
            self.world.step(timeout, notice_death=False)
        except Stalled:
            name = "Watchdog timeout" if not RELEASE.follower_in_thread else "Scheduler watchdog timeout"
            self.log(f"{name} (self.watchdog_timeout={self.options.watchdog_timeout:g}, self.soft=False)")
            time.sleep(min(5, timeout))
            os.kill(os.getppid(), signal.SIGQUIT)
            process.sleep_for_ever()
