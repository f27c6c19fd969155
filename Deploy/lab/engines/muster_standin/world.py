"""The collective world: every rank of every node connects to world rank 0, and none can come back.

World rank 0 listens where the engines' TCPStore would. A frame is one letter and one number. Between steps nobody
reads: a peer that dies while all are idle is not noticed, which is what makes watching the engines necessary.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import struct
import time

FRAME = struct.Struct("!cI")
HELLO = struct.Struct("!4sII")
MAGIC = b"MWLD"


class Unreachable(Exception):
    """No rendezvous: the words are torch's."""


class PeerLost(Exception):
    """World rank 0 is gone, or (where the engine notices) a peer is."""


class Stalled(Exception):
    """Somebody did not come to a barrier or answer a step in time."""


def receive(peer: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        try:
            part = peer.recv(size - len(data))
        except OSError:
            part = b""
        if not part:
            return b""
        data += part
    return data


def send(peer: socket.socket, letter: bytes, number: int) -> bool:
    try:
        peer.sendall(FRAME.pack(letter, number))
        return True
    except OSError:
        return False


def split_address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise ValueError(f"invalid distributed address: {text}")
    return host.strip("[]"), int(port)


class World:
    def __init__(self, rank: int, size: int, host: str, port: int, timeout: float) -> None:
        self.rank, self.size = rank, size
        self.host, self.port = host, port
        self.timeout = timeout
        self.peers: dict[int, socket.socket] = {}
        self.store: socket.socket | None = None
        self.step_number = 0

    # Rendezvous

    def join(self) -> None:
        if self.size == 1:
            return
        if self.rank == 0:
            self.gather()
        else:
            self.connect()

    def gather(self) -> None:
        listener = self.listen()
        deadline = time.monotonic() + self.timeout
        while len(self.peers) < self.size - 1:
            left = deadline - time.monotonic()
            ready = select.select([listener, *self.peers.values()], [], [], max(left, 0))[0]
            # Nobody speaks before all are there, so a peer that can be read has hung up: one that died while it waited
            # has to come again before the world is whole.
            gone = [rank for rank, peer in self.peers.items() if peer in ready]
            for rank in gone:
                self.peers.pop(rank).close()
            if gone:
                continue
            if left <= 0 or not ready:
                raise Unreachable(
                    "torch.distributed.DistStoreError: Timed out after "
                    f"{int(self.timeout) + 1} seconds waiting for clients. {1 + len(self.peers)}/{self.size} clients joined."
                )
            client, _ = listener.accept()
            client.settimeout(2)
            magic, rank, size = HELLO.unpack(receive(client, HELLO.size) or bytes(HELLO.size))
            # A stranger, or a rank of another world: torch would wait on, and so does this.
            if magic != MAGIC or size != self.size or not 0 < rank < size:
                client.close()
                continue
            client.settimeout(None)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.peers[rank] = client
        # Kept open, as the store is: the port is busy for as long as the world exists.
        self.listener = listener
        for peer in self.peers.values():
            send(peer, b"G", self.size)

    def listen(self) -> socket.socket:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # On a shared loopback every host has one address of its own; elsewhere the store listens everywhere.
        address = self.host if os.environ.get("STANDIN_ADDRESS") else ""
        try:
            listener.bind((address, self.port))
            listener.listen(1024)
        except OSError as problem:
            if problem.errno != errno.EADDRINUSE:
                raise
            raise Unreachable(
                "torch.distributed.DistNetworkError: The server socket has failed to listen on any local network address. "
                f"port: {self.port}, useIpv6: false, code: -98, name: EADDRINUSE, message: address already in use"
            ) from None
        return listener

    def connect(self) -> None:
        deadline = time.monotonic() + self.timeout
        pause = 0.01
        source = os.environ.get("STANDIN_ADDRESS")
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Unreachable(
                    "torch.distributed.DistNetworkError: The client socket has timed out after "
                    f"{int(self.timeout * 1000)}ms while trying to connect to ({self.host}, {self.port})."
                )
            try:
                self.store = socket.create_connection(
                    (self.host, self.port), timeout=min(left, 5), source_address=(source, 0) if source else None
                )
                break
            except OSError:
                time.sleep(min(pause, left))
                pause = min(pause * 1.5, 0.25)
        self.store.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.store.sendall(HELLO.pack(MAGIC, self.rank, self.size))
        self.store.settimeout(max(0.1, deadline - time.monotonic()))
        try:
            part = self.store.recv(FRAME.size, socket.MSG_WAITALL)
        except TimeoutError:
            part = None
        except OSError:
            part = b""
        if part is None:
            raise Unreachable(
                "torch.distributed.DistStoreError: wait timeout after "
                f"{int(self.timeout * 1000)}ms, keys: /default_pg/0//cpu//0/{self.rank}"
            )
        if not part:
            raise PeerLost(self.lost_store())
        self.store.settimeout(None)

    def lost_store(self) -> str:
        return (
            "torch.distributed.DistNetworkError: failed to recv, got 0 bytes. Connection was likely closed. "
            "Did the remote server shutdown or crash?"
        )

    # Together

    def barrier(self, number: int, timeout: float) -> None:
        """Returns when every rank is here. A dead rank keeps the others waiting until the timeout."""
        if self.size == 1:
            return
        if self.rank != 0:
            assert self.store is not None
            send(self.store, b"B", number)
            self.store.settimeout(timeout)
            try:
                answer = self.store.recv(FRAME.size, socket.MSG_WAITALL)
            except TimeoutError:
                raise Stalled("barrier") from None
            except OSError:
                answer = b""
            if not answer:
                raise PeerLost(self.lost_store())
            self.store.settimeout(None)
            return
        self.collect(b"B", timeout, notice_death=False)
        for peer in self.peers.values():
            send(peer, b"B", number)

    def collect(self, letter: bytes, timeout: float, notice_death: bool) -> None:
        poll = select.poll()
        waiting = {}
        for peer in self.peers.values():
            poll.register(peer, select.POLLIN)
            waiting[peer.fileno()] = peer
        missing = len(waiting)
        deadline = time.monotonic() + timeout
        while missing:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Stalled(letter.decode())
            for descriptor, _ in poll.poll(left * 1000):
                poll.unregister(descriptor)
                answer = receive(waiting[descriptor], FRAME.size)
                if answer:
                    missing -= 1
                elif notice_death:
                    raise PeerLost("Connection closed by peer")

    def step(self, timeout: float, notice_death: bool) -> None:
        """World rank 0 asks every rank for its share of one token."""
        self.step_number += 1
        for peer in self.peers.values():
            if not send(peer, b"S", self.step_number & 0xFFFFFFFF) and notice_death:
                raise PeerLost("Connection closed by peer")
        self.collect(b"A", timeout, notice_death)

    def follow(self) -> None:
        """Every other rank answers steps; returns when told to stop, raises when the store is gone."""
        assert self.store is not None
        while True:
            frame = receive(self.store, FRAME.size)
            if not frame:
                raise PeerLost(self.lost_store())
            letter, number = FRAME.unpack(frame)
            if letter == b"S":
                send(self.store, b"A", number)
            elif letter == b"Q":
                return

    def dismiss(self) -> None:
        for peer in self.peers.values():
            send(peer, b"Q", 0)
