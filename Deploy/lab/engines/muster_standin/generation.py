"""The road of a request: HTTP thread -> scheduler (world rank 0) -> all ranks -> back, token by token."""

from __future__ import annotations

import json
import os
import queue
import select
import socket
import threading
from collections.abc import Iterator
from typing import Callable

from .world import World

WORDS = "the lab says that every rank of every node is awake and took its part in this very token".split()


def word(position: int) -> str:
    return (" " if position else "") + WORDS[position % len(WORDS)]


class Lines:
    """Whole lines out of a stream socket."""

    def __init__(self, stream: socket.socket) -> None:
        self.stream = stream
        self.rest = b""

    def read(self) -> list[bytes] | None:
        """Blocks for at least one line; None at the end."""
        while b"\n" not in self.rest:
            try:
                part = self.stream.recv(65536)
            except OSError:
                part = b""
            if not part:
                return None
            self.rest += part
        *lines, self.rest = self.rest.split(b"\n")
        return lines


def serve_requests(world: World, requests: socket.socket, answers: socket.socket, step: Callable[[], None]) -> None:
    """World rank 0's loop: all waiting requests share a step, each gets one token out of it."""
    lines = Lines(requests)
    running: list[list[int]] = []
    while True:
        while not running or select.select([requests], [], [], 0)[0]:
            fresh = lines.read()
            if fresh is None:
                return
            for line in fresh:
                request = json.loads(line)
                if request.get("stop"):
                    world.dismiss()
                    return
                running.append([request["id"], max(1, request["tokens"])])
        step()
        out = b""
        for entry in running:
            entry[1] -= 1
            out += b"%s %d\n" % (b"t" if entry[1] else b"d", entry[0])
        running = [entry for entry in running if entry[1]]
        answers.sendall(out)


def relay(source: socket.socket, target: socket.socket) -> None:
    """A process in the middle that does nothing but be there."""
    while True:
        try:
            part = source.recv(65536)
            if not part:
                return
            target.sendall(part)
        except OSError:
            return


class EngineDead(Exception):
    pass


class Client:
    """The HTTP side. Requests wait for tokens without polling; the end of the stream fails them all."""

    def __init__(
        self, requests: socket.socket, answers: socket.socket, on_death: Callable[[], None] | None = None
    ) -> None:
        self.requests, self.answers = requests, answers
        self.lock = threading.Lock()
        self.waiting: dict[int, queue.SimpleQueue[bytes]] = {}
        self.counter = 0
        self.dead = False
        self.on_death = on_death
        self.generated = 0
        threading.Thread(target=self.dispatch, daemon=True).start()

    def dispatch(self) -> None:
        lines = Lines(self.answers)
        while (batch := lines.read()) is not None:
            for line in batch:
                kind, _, number = line.partition(b" ")
                if kind == b"x":
                    self.fail()
                    continue
                waiter = self.waiting.get(int(number))
                if waiter is not None:
                    waiter.put(kind)
        if self.on_death is not None:
            self.fail()

    def fail(self) -> None:
        with self.lock:
            first = not self.dead
            self.dead = True
            waiters = list(self.waiting.values())
        for waiter in waiters:
            waiter.put(b"x")
        if first and self.on_death is not None:
            self.on_death()

    def in_flight(self) -> int:
        return len(self.waiting)

    def tokens(self, count: int, timeout: float | None = None) -> Iterator[str]:
        """Yields the words as the ranks produce them; queue.Empty when none came within the timeout."""
        with self.lock:
            if self.dead:
                raise EngineDead
            self.counter += 1
            number = self.counter
            waiter: queue.SimpleQueue[bytes] = queue.SimpleQueue()
            self.waiting[number] = waiter
            try:
                self.requests.sendall(json.dumps({"id": number, "tokens": count}).encode() + b"\n")
            except OSError:
                pass
        position = 0
        try:
            while True:
                kind = waiter.get(timeout=timeout)
                if kind == b"x":
                    raise EngineDead
                self.generated += 1
                yield word(position)
                position += 1
                if kind == b"d":
                    return
        finally:
            self.waiting.pop(number, None)

    def stop(self) -> None:
        try:
            self.requests.sendall(b'{"stop": true}\n')
        except OSError:
            pass


def listen_address(host: str) -> str:
    """Where hosts share one network, "everywhere" means the host's own address."""
    own = os.environ.get("STANDIN_ADDRESS")
    return own if own and host in ("0.0.0.0", "::", "") else host
