# How fast the ranks of this node reduce with those of others: one process for each GPU that takes part, and one that
# watches over them. Sources/MusterDoctor/MusterDoctor.docc/Bandwidth.md says what is printed and read. Python 3.8 on.
#
#   ... NONCE TOOL ADDRESS PORT FIRST OWN WORLD LIMIT SIZE:COUNT...
#
# TOOL is `torch`, or `nccl-tests` to take that where it is there. FIRST is the first of OWN ranks here, of WORLD; LIMIT
# is in seconds. Each SIZE, in bytes, is reduced COUNT times and timed.
import collections
import ctypes
import datetime
import functools
import os
import select
import selectors
import shutil
import signal
import sys
import time
import traceback

nonce, tool, address = sys.argv[2:5]
port, first, own, world, limit = map(int, sys.argv[5:10])
sizes = [tuple(map(int, word.split(":"))) for word in sys.argv[10:]]
# A log of NCCL's repeats itself; a line of it is short.
most_lines, longest = 2000, 400
program = "all_reduce_perf"
libc = ctypes.CDLL(None)
watcher = os.getpid()


def say(*words):
    # One write, so that no line is cut by another.
    os.write(1, ("@@%s %s\n" % (nonce, " ".join(map(str, words)))).encode())


# --- a rank ----------------------------------------------------------------------------------------------------------


def reduce(local, report):
    """Meets the other ranks, reduces with them and reports the times. It stays until it is ended: others may need it."""
    report("phase", "import")
    import torch
    import torch.distributed as distributed

    has_gpus = torch.cuda.is_available()
    if has_gpus:
        if torch.cuda.device_count() <= local:
            raise RuntimeError("torch sees %d GPUs, %d take part" % (torch.cuda.device_count(), own))
        torch.cuda.set_device(local)
    device, backend = ("cuda", "nccl") if has_gpus else ("cpu", "gloo")
    report("backend", backend, torch.__version__)
    report("phase", "meet")
    distributed.init_process_group(
        backend,
        init_method="tcp://%s:%d" % ("[%s]" % address if ":" in address else address, port),
        rank=first + local,
        world_size=world,
        timeout=datetime.timedelta(seconds=limit),
    )
    report("phase", "connect")
    token = torch.ones(1, device=device)
    distributed.all_reduce(token)
    if token.item() != world:
        raise RuntimeError("the sum of %d ones came out as %s" % (world, token.item()))
    for size, count in sizes:
        report("phase", "reduce", size)
        tensor = torch.zeros(size // 4, dtype=torch.float32, device=device)
        # The first of a size sets up what the others find ready.
        distributed.all_reduce(tensor)
        # All begin together: what one waits for another would be counted as its own time.
        distributed.all_reduce(token)
        token.item()
        report("time", size, "%.2f" % (elapsed(torch, has_gpus, lambda: distributed.all_reduce(tensor), count) / count))
    # NCCL's lines may still be in the buffer of the C library.
    libc.fflush(None)
    report("done")
    while True:
        signal.pause()


def elapsed(torch, has_gpus, work, count):
    """How long work takes, done so many times, in microseconds."""
    if not has_gpus:
        begin = time.perf_counter()
        for _ in range(count):
            work()
        return (time.perf_counter() - begin) * 1e6
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    begin.record()
    for _ in range(count):
        work()
    end.record()
    torch.cuda.synchronize()
    return begin.elapsed_time(end) * 1e3


def test(_):
    """The table of nccl-tests: all GPUs of a node by one process, which needs no MPI."""
    small, large = sizes[0][0], sizes[-1][0]
    words = ["-g", own, "-b", small, "-e", large, "-f", max(2, large // small)]
    os.execvp(program, [program] + [str(word) for word in words])


# --- the watcher -----------------------------------------------------------------------------------------------------


class Child:
    """A process, with what it reports and what it says."""

    def __init__(self, name, work):
        self.name = name
        self.is_done = False
        self.status = None
        self.last = collections.deque(maxlen=8)
        self.lines = 0
        self.rests = {}
        reports, report = os.pipe()
        output, out = os.pipe()
        self.takers = {reports: self.take_report, output: self.take_line}
        self.pid = os.fork()
        if self.pid == 0:
            live(work, report, out)
        os.close(report)
        os.close(out)

    def read(self, stream):
        """Takes what came; false once nothing more will."""
        data = os.read(stream, 65536)
        *lines, rest = (self.rests.get(stream, b"") + data).split(b"\n")
        # What has no end of line is no line of anybody's.
        self.rests[stream] = rest[-65536:]
        if not data and rest:
            lines.append(rest)
        for line in lines:
            self.takers[stream](line.decode("utf-8", "replace").rstrip("\r")[:longest])
        return bool(data)

    def take_report(self, line):
        self.is_done = self.is_done or line == "done"
        say(self.name, line)

    def take_line(self, line):
        self.lines += 1
        if self.name == "test":
            say("test", line)
        elif " NCCL " in line and self.lines < most_lines:
            say(self.name, "nccl", line)
        # What NCCL tells of every start is nobody's last word.
        if line.strip() and " NCCL INFO " not in line:
            self.last.append(line)

    def settle(self):
        _, self.status = os.waitpid(self.pid, 0)
        self.is_done = self.is_done or (self.name == "test" and self.status == 0)
        if not self.is_done:
            is_signal = os.WIFSIGNALED(self.status)
            number = os.WTERMSIG(self.status) if is_signal else os.WEXITSTATUS(self.status)
            say(self.name, "ended", "signal" if is_signal else "status", number)

    def end(self):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            _, self.status = os.waitpid(self.pid, 0)

    def quote(self):
        for line in self.last:
            say(self.name, "said", line)


def live(work, report, out):
    """The whole life of a child."""
    try:
        # Whoever kills the watcher kills its children.
        libc.prctl(1, signal.SIGKILL)
        if os.getppid() != watcher:
            os._exit(1)
        null = os.open(os.devnull, os.O_RDONLY)
        for stream, number in ((null, 0), (out, 1), (out, 2)):
            os.dup2(stream, number)
        work(lambda *words: os.write(report, (" ".join(map(str, words)) + "\n").encode()))
    except BaseException as error:
        traceback.print_exc()
        said = str(error).strip().splitlines()
        os.write(report, ("error %s: %s\n" % (type(error).__name__, said[0] if said else "")).encode())
    finally:
        os._exit(1)


def watch(children, until):
    """What became of them: `done`, `failed`, `late`, or `left`, when whoever asked went away."""
    selector = selectors.DefaultSelector()
    selector.register(0, selectors.EVENT_READ)
    for child in children:
        for stream in child.takers:
            selector.register(stream, selectors.EVENT_READ, child)
    outcome = "done"
    while not all(child.is_done or child.status is not None for child in children):
        for key, _ in selector.select(max(0.0, until - time.monotonic())):
            child = key.data
            if child is None:
                if not os.read(0, 4096):
                    return "left"
            elif not child.read(key.fd):
                selector.unregister(key.fd)
                os.close(key.fd)
                del child.takers[key.fd]
                if not child.takers:
                    child.settle()
                    if not child.is_done and outcome == "done":
                        # Others may notice it sooner than the one whose fault it is has ended.
                        outcome, until = "failed", min(until, time.monotonic() + 1)
        # A rank that never stops talking does not stop the clock.
        if time.monotonic() >= until and not all(child.is_done or child.status is not None for child in children):
            return "late" if outcome == "done" else outcome
    return outcome


def wait(until):
    """Until whoever asked goes away or speaks no more."""
    while select.select([0], [], [], max(0.0, until - time.monotonic()))[0] and os.read(0, 4096):
        pass


def count(moment):
    """What ports, in units of four bytes, and interfaces have sent so far. A virtual function's are its guest's."""
    verbs, links = "/sys/class/infiniband", "/sys/class/net"
    for device in names(verbs):
        if os.path.exists("%s/%s/device/physfn" % (verbs, device)):
            continue
        for number in names("%s/%s/ports" % (verbs, device)):
            path = "%s/%s/ports/%s/counters/port_xmit_data" % (verbs, device, number)
            say_counter(moment, "port", "%s:%s" % (device, number), path)
    for link in names(links):
        say_counter(moment, "interface", link, "%s/%s/statistics/tx_bytes" % (links, link))


def say_counter(moment, kind, name, path):
    try:
        with open(path) as file:
            say("counter", moment, kind, name, int(file.read()))
    except (OSError, ValueError):
        pass


def names(directory):
    try:
        return sorted(os.listdir(directory))
    except OSError:
        return []


def main():
    end = time.monotonic() + limit
    # The file's own wishes are for its launch; here all is read, and from the standard output.
    os.environ["NCCL_DEBUG"] = "INFO"
    for name in ("NCCL_DEBUG_FILE", "NCCL_DEBUG_SUBSYS"):
        os.environ.pop(name, None)
    count("before")
    outcome, children = "failed", []
    try:
        if tool == "nccl-tests" and own == world > 1 and shutil.which(program):
            children.append(Child("test", test))
            outcome = watch(children, end)
        if outcome == "failed":
            ranks = [Child("rank %d" % (first + local), functools.partial(reduce, local)) for local in range(own)]
            children += ranks
            outcome = watch(ranks, end)
        count("after")
        if outcome == "done":
            say("end", outcome)
            # The ranks of other nodes may need these to the last; who asked says when all are done.
            wait(end + 60)
    finally:
        for child in children:
            child.end()
    if outcome != "done":
        for child in children:
            child.quote()
        say("end", outcome)


main()
