# Whether this node reaches others: it listens, connects to all of them at once, and sends each more than fits into one
# packet. Sources/MusterDoctor/MusterDoctor.docc/Reach.md says what is printed and read. Standard library of Python 3.6 on.
#
#   ... NONCE ADDRESS RENDEZVOUS_PORT      the port is 0 where none is to be tried
import errno
import os
import selectors
import socket
import sys
import time

nonce, own, rendezvous = sys.argv[-3], sys.argv[-2], int(sys.argv[-1])
family = socket.AF_INET6 if ":" in own else socket.AF_INET
# Linux: what the kernel believes to be the largest packet of the way.
path_mtu = (socket.IPPROTO_IPV6, 24) if ":" in own else (socket.IPPROTO_IP, 14)
# Some forty packets of 1,500 bytes or seven jumbo frames: as many as are under way at once at the start of a connection
# are lost together where full ones do not pass.
payload = b"m" * 65536
# A lost first packet is sent again after one second and after three.
patience = 4.5
# Nobody is left to say that it is over where the connection of the other end is gone without a word.
life = time.monotonic() + 60
selector = selectors.DefaultSelector()


def say(*words):
    sys.stdout.write("@@%s %s\n" % (nonce, " ".join(str(word) for word in words)))
    sys.stdout.flush()


def listen(port):
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((own, port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        return None, error
    listener.setblocking(False)
    selector.register(listener, selectors.EVENT_READ, accept)
    return listener, None


def accept(listener, _):
    try:
        peer, _ = listener.accept()
    except OSError:
        return
    peer.setblocking(False)
    selector.register(peer, selectors.EVENT_READ, Received(peer))


class Received:
    """What a peer sends; it gets one byte when all has come."""

    def __init__(self, peer):
        self.peer = peer
        self.rest = len(payload)

    def __call__(self, peer, _):
        try:
            data = peer.recv(65536)
            self.rest -= len(data)
            if data and self.rest <= 0:
                peer.send(b"k")
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            selector.unregister(peer)
            peer.close()


class Attempt:
    """One connection to one port of a peer, and what is sent over it."""

    def __init__(self, address, port, rest):
        self.outcome = None  # of the connection
        self.packets = "-"
        self.rest = rest
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.setblocking(False)
        try:
            # From the address of the interface that is meant, not from that of the default route.
            self.socket.bind((own, 0))
            self.socket.connect((address, port))
        except BlockingIOError:
            pass
        except OSError as error:
            self.settle(error)
            return
        selector.register(self.socket, selectors.EVENT_WRITE | selectors.EVENT_READ, self)

    def __call__(self, _, events):
        if self.outcome is None:
            number = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if number:
                self.settle(OSError(number, os.strerror(number)))
                return
            self.outcome = "open"
            if not self.rest:
                self.end()
                return
            self.packets = "lost"
        try:
            if events & selectors.EVENT_WRITE and self.rest:
                self.rest = self.rest[self.socket.send(self.rest) :]
                if not self.rest:
                    selector.modify(self.socket, selectors.EVENT_READ, self)
            if events & selectors.EVENT_READ:
                # A peer that closes before it has all is gone, which says nothing of packets.
                passed = self.socket.recv(1)
                self.packets = "passed:%d" % self.socket.getsockopt(*path_mtu) if passed else "-"
                self.end()
        except BlockingIOError:
            pass
        except OSError as error:
            # So does a reset: only silence is a sign of packets that do not pass.
            self.packets = "lost" if error.errno == errno.ETIMEDOUT else "-"
            self.end()

    def settle(self, error):
        if error.errno == errno.ECONNREFUSED:
            self.outcome = "refused"
        elif error.errno == errno.ETIMEDOUT:
            self.outcome = "silent"
        else:
            self.outcome = "unreachable:" + (error.strerror or "unknown").replace(" ", "_")
        self.end()

    def end(self):
        try:
            selector.unregister(self.socket)
        except (KeyError, ValueError):
            pass
        self.socket.close()

    @property
    def is_over(self):
        return self.socket.fileno() < 0

    def give_up(self):
        if self.outcome is None:
            self.outcome = "silent"
        elif self.packets == "lost":
            # The kernel may have been told what is too long.
            limit = self.socket.getsockopt(*path_mtu)
            self.packets = "lost:%d" % limit
        self.end()


def turn(until):
    for key, events in selector.select(max(0.0, min(until, life) - time.monotonic())):
        key.data(key.fileobj, events)


class Orders:
    """What the other end says, line by line; nothing once it is gone."""

    def __init__(self):
        self.text = b""
        self.lines = []
        self.is_over = False
        selector.register(0, selectors.EVENT_READ, self)

    def __call__(self, *_):
        data = os.read(0, 65536)
        if not data:
            self.is_over = True
            selector.unregister(0)
        *lines, self.text = (self.text + data).split(b"\n")
        self.lines += [line.decode("ascii", "replace").split() for line in lines]


orders = Orders()
first, problem = listen(rendezvous) if rendezvous else (None, None)
second, broken = listen(0)
if problem is None:
    state = "open" if first else "-"
else:
    state = "busy" if problem.errno == errno.EADDRINUSE else "failed:" + problem.strerror.replace(" ", "_")
if broken is not None:
    say("failed", broken.strerror.replace(" ", "_"))
    sys.exit(0)
say("listening", second.getsockname()[1], state)

while ["go"] not in orders.lines and not orders.is_over and time.monotonic() < life:
    turn(life)
peers = [line for line in orders.lines if line and line[0] == "peer" and len(line) == 5]


def settle(attempts):
    end = time.monotonic() + patience
    while not all(attempt.is_over for attempt in attempts) and not orders.is_over:
        turn(end)
        late = time.monotonic() - end
        if late > 0.2:
            # What came while this process had to wait for a processor came in time.
            end = time.monotonic() + 1
        elif late > 0:
            break
    for attempt in attempts:
        if not attempt.is_over:
            attempt.give_up()


ephemerals = {number: Attempt(address, int(port), payload) for _, number, address, port, _ in peers}
meetings = {number: Attempt(address, int(port), b"") for _, number, address, _, port in peers if port != "0"}
settle([*ephemerals.values(), *meetings.values()])
# Where only the rendezvous is let through, the packets go there.
others = {
    number: Attempt(address, int(port), payload)
    for _, number, address, _, port in peers
    if number in meetings and meetings[number].outcome == "open" and ephemerals[number].outcome != "open"
}
settle(others.values())
for number, ephemeral in ephemerals.items():
    meeting = meetings[number].outcome if number in meetings else "-"
    say("way", number, meeting, ephemeral.outcome, others.get(number, ephemeral).packets)
say("done")
# Others may still be sending.
while not orders.is_over and time.monotonic() < life:
    turn(life)
