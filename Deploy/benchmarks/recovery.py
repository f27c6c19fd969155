"""How soon a fault is noticed and over: a real `musterd` that keeps a gang of stand-in engines on lab hosts."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from common import build, lab

HOSTS, GPUS = 3, 2


def cluster_text(hosts):
    nodes = "".join(f"  - {{name: node{i}, host: {a}}}\n" for i, a in enumerate(hosts.addresses, 1))
    login = ", ".join(f"{key}: {hosts.facts[key]}" for key in ("user", "identity", "known_hosts"))
    return f"""name: bench
engine: {{kind: sglang, version: 0.5.9}}
model: /models/standin
tcp_iface: bond0
rdma_gid_index: 3
tp_size: {HOSTS * GPUS}
gpus_per_node: {GPUS}
ssh: {{{login}, connect_timeout: 4s}}
ports: {{http: 8000, rendezvous: 5000}}
env: {{STANDIN_SPEED: "0.2"}}
restart: {{max_attempts: 1000, stable_after: 1s}}
nodes:
{nodes}"""


def workers(hosts, node):
    """The pids of a host's GPU workers, by the titles that the engine gives them, as this machine numbers them."""
    first = (pathlib.Path(hosts.environment["MUSTER_LAB_DIR"]) / f"hosts/node{node}/pid").read_text().split()[0]
    space = os.readlink(f"/proc/{first}/ns/pid")
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        # A process may end while it is looked at.
        with contextlib.suppress(OSError):
            if os.readlink(process / "ns/pid") == space:
                if (process / "cmdline").read_bytes().startswith(b"sglang::scheduler"):
                    found.append(int(process.name))
    return sorted(found)


class Keeper:
    """A daemon with a store of its own, and what it tells."""

    def __init__(self, directory, hosts):
        self.directory, self.file = directory, directory / "cluster.yaml"
        self.file.write_text(cluster_text(hosts))
        self.environment = {**os.environ, "MUSTERD_SOCKET": f"{directory}/api/musterd.sock"}
        self.process, self.log = None, open(directory / "log", "w")
        self.start()
        self.answers()

    def start(self):
        state = ["--state-dir", self.directory, "--socket", self.environment["MUSTERD_SOCKET"]]
        argv = [build("musterd"), *state, "--log-level", "info"]
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def answers(self):
        """Waits until the daemon takes connections."""
        end = time.time() + 20
        while time.time() < end:
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
                return probe.connect(self.environment["MUSTERD_SOCKET"])
            time.sleep(0.05)
        sys.exit(f"bench: musterd does not answer: {(self.directory / 'log').read_text()[-4000:]}")

    def crash(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def muster(self, *words, check=True):
        argv = [build("muster"), *map(str, words)]
        done = subprocess.run(argv, env=self.environment, capture_output=True, text=True, check=False)
        if check and done.returncode:
            sys.exit(f"bench: {' '.join(argv)}: {done.stderr}")
        return done.stdout

    def events(self, *kinds, since):
        text, events = self.muster("events", self.file, "-n", 200, "--format", "json", check=False).strip(), []
        while text:
            event, end = json.JSONDecoder().raw_decode(text)
            events.append(event)
            text = text[end:].lstrip()
        return [e for e in events if e.get("kind") in kinds and moment(e["at"]) >= since]

    def wait(self, kind, since, seconds=60):
        """The first event of a kind from a moment on; asked for seldom, so that asking disturbs nothing."""
        end = time.time() + seconds
        while time.time() < end:
            if found := self.events(kind, since=since):
                return moment(found[0]["at"])
            time.sleep(0.2)
        sys.exit(f"bench: no {kind} event came; the log is\n{(self.directory / 'log').read_text()[-4000:]}")


def moment(text):
    """Seconds since the epoch of a time in UTC such as 2026-01-01T10:00:00.123Z."""
    whole, _, part = text.rstrip("Z").partition(".")
    return time.mktime(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) - time.timezone + float(f"0.{part or 0}")


def recovery(report, runs):
    runs = runs or 10
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as name, lab(HOSTS) as hosts:
        keeper = Keeper(pathlib.Path(name), hosts)
        try:
            measure(report, runs, keeper, hosts)
        finally:
            keeper.muster("down", keeper.file, check=False)
            keeper.stop()


def measure(report, runs, keeper, hosts):
    began = time.time()
    keeper.muster("up", "--detach", "--no-doctor", keeper.file)
    keeper.wait("ready", began)

    spans = {"detected": [], "fenced": [], "ready": []}
    for run in range(runs):
        # Restarts are forgiven after a second, and the first one comes without a pause then.
        time.sleep(3)
        report.contention.probe()
        victim = workers(hosts, run % HOSTS + 1)[-1]
        killed = time.time()
        os.kill(victim, signal.SIGKILL)
        for kind, span in (("fencing", "detected"), ("fenced", "fenced"), ("ready", "ready")):
            spans[span].append(keeper.wait(kind, killed) - killed)
    tell(report, "kill -9 of a worker to its event", spans["detected"], 50, of="ms")
    tell(report, "kill -9 of a worker to the gang fenced", spans["fenced"], 5)
    tell(report, "kill -9 of a worker to ready again", spans["ready"])

    suspected, lost = [], []
    for _ in range(max(2, runs // 3)):
        time.sleep(2)
        before = time.time()
        hosts("cut", f"node{HOSTS}")
        suspected.append(keeper.wait("nodeSuspected", before) - before)
        lost.append(keeper.wait("nodeLost", before) - before)
        hosts("heal", f"node{HOSTS}")
        keeper.wait("nodeBack", before)
    tell(report, "network cut to suspected", suspected, 5)
    tell(report, "network cut to lost", lost, 15)

    adopted, first = [], time.time()
    for _ in range(runs):
        time.sleep(1)
        keeper.crash()
        started = time.time()
        keeper.start()
        adopted.append(keeper.wait("adopted", started) - started)
    tell(report, "start after kill -9 to all adopted", adopted, 2)
    touched = keeper.events("fencing", "launching", "unitFailed", since=first)
    report.fact("recovery", f"launches or stops by {runs} kill -9 of the daemon", len(touched), "")


def tell(report, what, seconds, budget=None, of="s"):
    """The median, for which the budget is, and the worst."""
    scale = 1000 if of == "ms" else 1
    middle, worst = statistics.median(seconds) * scale, max(seconds) * scale
    report.fact("recovery", f"{what}, median of {len(seconds)}", round(middle, 2), of)
    report.fact("recovery", f"{what}, worst", round(worst, 2), of)
    if budget:
        report.budget(what, middle, budget, of)
