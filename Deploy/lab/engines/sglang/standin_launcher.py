"""The launcher: parses, spawns, waits for its schedulers, then is the HTTP server (node 0) or a dummy one."""

from __future__ import annotations

import argparse
import os
import queue
import select
import signal
import socket
import sys
import threading
import time
import traceback
from typing import Any, NoReturn

from muster_standin import failure, generation, process

from .standin_release import RELEASE, check, local_ranks, parse
from .standin_scheduler import Place, Scheduler, log, stamp, write


def kill_tree_and_self() -> NoReturn:
    """How the engine ends itself: signal 9 for all, so the exit status says nothing."""
    process.kill_all(process.descendants(os.getpid()))
    os.kill(os.getpid(), signal.SIGKILL)
    process.sleep_for_ever()


class Launcher:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.schedulers: list[int] = []
        self.pipes: list[int] = []
        self.detokenizer = 0
        self.client: generation.Client | None = None
        self.status = "Starting"
        self.terminating = threading.Event()

    # Spawning

    def spawn(self) -> None:
        options = self.options
        places = local_ranks(options)
        process.fork_resource_tracker()
        request_here, request_there = socket.socketpair()
        answer_scheduler, answer_detokenizer = socket.socketpair()
        answer_there, answer_here = socket.socketpair()
        for number, (pp, tp, gpu) in enumerate(places):
            place = Place(pp, tp, gpu, options.tp_size * pp + tp, options.node_rank, number == 0)
            reader, writer = os.pipe()

            def body(place: Place = place, writer: int = writer, reader: int = reader) -> None:
                for other in (*self.pipes, reader):
                    os.close(other)
                first = place.rank == 0
                if not first:
                    for end in (request_there, answer_scheduler):
                        end.close()
                for end in (request_here, answer_here, answer_there, answer_detokenizer):
                    end.close()
                Scheduler(
                    options, place, writer, *((request_there, answer_scheduler) if first else (None, None))
                ).main()

            self.schedulers.append(process.fork_child(body, tied=RELEASE.children_tied))
            os.close(writer)
            self.pipes.append(reader)
        if options.node_rank == 0:

            def detokenizer() -> None:
                for end in (request_here, request_there, answer_scheduler, answer_here):
                    end.close()
                process.set_title("sglang::detokenizer")
                generation.relay(answer_detokenizer, answer_there)
                process.sleep_for_ever()

            self.detokenizer = process.fork_child(detokenizer, tied=RELEASE.children_tied)
            self.channel = (request_here, answer_here)
        for end in (request_there, answer_scheduler, answer_detokenizer, answer_there):
            end.close()

    def wait_for_schedulers(self) -> None:
        """In rank order, as the engine does: a dead one is noticed when its turn comes (a watching release: at once)."""
        buffers = {pipe: b"" for pipe in self.pipes}
        turn = 0
        while turn < len(self.pipes):
            watched = self.pipes if RELEASE.watches_children else [self.pipes[turn]]
            # The first scheduler also carries what a test wants done to the launcher.
            open_pipes = [pipe for pipe in {*watched, self.pipes[0]} if pipe in buffers]
            for pipe in select.select(open_pipes, [], [])[0]:
                part = os.read(pipe, 4096)
                if not part:
                    if pipe == self.pipes[turn] or RELEASE.watches_children:
                        self.scheduler_died(self.pipes.index(pipe))
                    del buffers[pipe]
                    continue
                buffers[pipe] += part
                self.obey(buffers[pipe])
            while turn < len(self.pipes) and b"ready\n" in buffers.get(self.pipes[turn], b""):
                turn += 1
            if turn < len(self.pipes) and self.pipes[turn] not in buffers:
                self.scheduler_died(turn)

    def obey(self, words: bytes) -> None:
        for line in words.decode().splitlines():
            if line.startswith("fail "):
                _, action, value = line.split(" ", 2)
                failure.act(failure.Failure(action=action, value=value))

    def scheduler_died(self, index: int) -> NoReturn:
        _, status = os.waitpid(self.schedulers[index], 0)
        code = os.waitstatus_to_exitcode(status)
        if RELEASE.watches_children:
            raise RuntimeError(
                f"Rank {index} scheduler died during initialization (exit code: {code}). See the logs above"
            )
        log(f"Rank {index} scheduler is dead. Please check if there are relevant logs.")
        log(f"Exit code: {code}")
        raise EOFError

    def watch_pipes(self) -> None:
        """While serving, only for what a test wants of the launcher; the end of a pipe means nothing to the engine."""
        pipes = list(self.pipes)
        while pipes:
            for pipe in select.select(pipes, [], [])[0]:
                part = os.read(pipe, 4096)
                if not part:
                    pipes.remove(pipe)
                elif b"fail " in part:
                    _, action, value = part.decode().strip().split(" ", 2)
                    if action == "log":
                        write(value + "\n")
                        os._exit(1)
                    os._exit(int(value))

    # Signals

    def on_quit(self, *_: Any) -> None:
        log("Received sigquit from a child process. It usually means the child failed.")
        kill_tree_and_self()

    # Node 0

    def run(self) -> None:
        options = self.options
        signal.signal(signal.SIGQUIT, self.on_quit)
        log(f"server_args={server_args_text(options)}")
        failure.in_launcher(options.node_rank, "args")
        check(options)
        if not options.dist_init_addr:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                options.nccl_port_chosen = probe.getsockname()[1]
        time.sleep(0.1 * process.speed())
        self.spawn()
        failure.in_launcher(options.node_rank, "spawn")
        self.wait_for_schedulers()
        failure.in_launcher(options.node_rank, "http")
        threading.Thread(target=self.watch_pipes, daemon=True).start()
        if options.node_rank == 0:
            self.serve()
        else:
            self.follow()

    def serve(self) -> None:
        from muster_standin.http import Server

        from .standin_routes import routes

        options = self.options
        self.client = generation.Client(*self.channel)
        server = Server(routes(self), access_log, self.authorized)
        for line in (
            f"Started server process [{os.getpid()}]",
            "Waiting for application startup.",
            "Application startup complete.",
        ):
            log(f"INFO:     {line}")
        try:
            listener = server.bind(generation.listen_address(options.host), options.port)
        except OSError as problem:
            log(
                f"ERROR:    [Errno {problem.errno}] error while attempting to bind on address {(options.host, options.port)}: address already in use"
            )
            log("INFO:     Waiting for application shutdown.")
            log("INFO:     Application shutdown complete.")
            raise SystemExit(1) from None
        log(f"INFO:     Uvicorn running on http://{options.host}:{options.port} (Press CTRL+C to quit)")
        server.serve(listener)
        signal.signal(signal.SIGINT, lambda *_: self.stop_on_interrupt())
        threading.Thread(target=self.warm_up, daemon=True).start()
        if RELEASE.watches_children:
            threading.Thread(target=self.watch_children, daemon=True).start()
        self.terminating.wait()
        self.drain()

    def authorized(self, path: str, header: str) -> bool:
        key = getattr(self.options, "api_key", None)
        return not key or path.startswith("/health") or header == f"Bearer {key}"

    def warm_up(self) -> None:
        assert self.client is not None
        if not getattr(self.options, "skip_server_warmup", False):
            time.sleep(0.2 * process.speed())
            access_log('127.0.0.1:50000 - "GET /get_model_info HTTP/1.1" 200 OK')
            # The handlers appear with the first request: until here SIGTERM is sudden death.
            signal_on_main_thread(self)
            log(
                "Prefill batch, #new-seq: 1, #new-token: 6, #cached-token: 0, token usage: 0.00, #running-req: 0, #queue-req: 0, ",
                " TP0",
            )
            try:
                for _ in self.client.tokens(8, timeout=process.seconds("STANDIN_WARMUP_TIMEOUT", 600)):
                    pass
            except queue.Empty:
                log("Initialization failed. warmup error: the request timed out")
                kill_tree_and_self()
            access_log('127.0.0.1:50002 - "POST /generate HTTP/1.1" 200 OK')
        self.status = "Up"
        log("The server is fired up and ready to roll!")

    def watch_children(self) -> None:
        children = {pid: f"scheduler_{index}" for index, pid in enumerate(self.schedulers)}
        children[self.detokenizer] = "detokenizer"
        while children:
            pid, status = os.waitpid(-1, 0)
            name = children.pop(pid, None)
            code = os.waitstatus_to_exitcode(status)
            if name and code != 0 and not self.terminating.is_set():
                log(f"Subprocess {name} (pid={pid}) crashed with exit code {code}. Triggering SIGQUIT for cleanup...")
                os.kill(os.getpid(), signal.SIGQUIT)

    def on_term(self, *_: Any) -> None:
        self.terminating.set()

    def stop_on_interrupt(self) -> NoReturn:
        log("INFO:     Shutting down")
        process.kill_all(process.descendants(os.getpid()))
        os._exit(0)

    def drain(self) -> None:
        """Looks now and then whether the last request is answered, without limit, and only then goes."""
        assert self.client is not None
        log("SIGTERM received. signum=15 frame=None. Draining requests and shutting down...")
        self.status = "ServerStatus.UnHealthy"
        while True:
            time.sleep(process.seconds("STANDIN_DRAIN_POLL", 1.0 * process.speed()))
            left = self.client.in_flight()
            log(f"Gracefully exiting... Remaining number of requests {left}.")
            if left == 0 or os.environ.get("SGL_FORCE_SHUTDOWN"):
                break
        if RELEASE.stops_followers:
            self.client.stop()
            time.sleep(0.1)
        if RELEASE.exits_zero_on_term:
            process.kill_all(process.descendants(os.getpid()))
            os._exit(0)
        kill_tree_and_self()

    # Nodes 1 and up

    def follow(self) -> None:
        from muster_standin.http import Answer, Server

        options = self.options
        paths = ["/health", "/health_generate", "/ping"]
        server = Server({("GET", path): lambda _body: Answer(200, "", "text/plain") for path in paths}, access_log)
        try:
            server.serve(server.bind(generation.listen_address(options.host), options.port))
        except OSError as problem:
            log(
                f"ERROR:    [Errno {problem.errno}] error while attempting to bind on address {(options.host, options.port)}: address already in use"
            )
        if RELEASE.follower_in_thread:
            log(f"Dummy health check server started in background thread at {options.host}:{options.port}")
        elif not RELEASE.rank_tag_always:
            log(f"Starting dummy health check server at {options.host}:{options.port}")
        if not RELEASE.follower_in_thread:
            log(f"INFO:     Started server process [{os.getpid()}]")
            log(f"INFO:     Uvicorn running on http://{options.host}:{options.port} (Press CTRL+C to quit)")
            process.sleep_for_ever()
        if RELEASE.follower_ignores_term:
            signal.signal(
                signal.SIGTERM, lambda *_: log("SIGTERM ignored on a non-zero rank: waiting for rank 0 to shut down.")
            )
        # One after another: a death behind the first living one is not seen.
        for pid in self.schedulers:
            _, status = os.waitpid(pid, 0)
            log(f"Scheduler or DataParallelController {pid} terminated with {os.waitstatus_to_exitcode(status)}")
        if RELEASE.follower_exits_zero:
            raise SystemExit(0)
        raise AttributeError("'NoneType' object has no attribute 'server_args'")


def signal_on_main_thread(launcher: Launcher) -> None:
    """Handlers can only be set on the main thread, so that one asks itself to."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR2)


def access_log(line: str) -> None:
    # uvicorn's access log goes to stdout, everything else to stderr.
    os.write(1, f"[{stamp()}] INFO:     {line}\n".encode())


def server_args_text(options: argparse.Namespace) -> str:
    fields = ", ".join(f"{name}={value!r}" for name, value in vars(options).items())
    return f"ServerArgs({fields})"


def main(arguments: list[str]) -> NoReturn:
    options = parse(arguments)
    launcher = Launcher(options)
    signal.signal(signal.SIGUSR2, lambda *_: signal.signal(signal.SIGTERM, launcher.on_term))
    # An ssh session may hand down signals that are ignored; the engine's own process would not see them either.
    status = 0
    try:
        launcher.run()
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
        process.kill_all(process.descendants(os.getpid()))
    os._exit(status)
