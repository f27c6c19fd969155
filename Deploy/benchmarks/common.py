"""What all benchmarks share: taking times, building the programs, raising a lab."""

import contextlib
import functools
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
LAB = REPOSITORY / "Deploy/lab/lab"


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


# --- measuring -------------------------------------------------------------------------------------------------------


class Samples:
    """The times of one competitor in one case, in milliseconds."""

    def __init__(self):
        self.wall, self.cpu = [], []

    def add(self, wall, cpu=None):
        self.wall.append(wall)
        if cpu is not None:
            self.cpu.append(cpu)

    @property
    def median(self):
        return statistics.median(self.wall)

    @property
    def spread(self):
        """Half the distance between the quartiles, as a part of the median."""
        if len(self.wall) < 4:
            return (max(self.wall) - min(self.wall)) / 2 / self.median
        low, _, high = statistics.quantiles(self.wall, n=4)
        return (high - low) / 2 / self.median


class Contention:
    """How much longer than its CPU time a fixed piece of work takes: 1.0 on a machine that is otherwise idle."""

    def __init__(self):
        self.ratios = []

    def probe(self):
        wall, cpu = time.perf_counter(), time.process_time()
        while time.process_time() - cpu < 0.005:
            pass
        self.ratios.append((time.perf_counter() - wall) / (time.process_time() - cpu))

    def report(self):
        ratios = sorted(self.ratios)
        share = sum(r > 1.2 for r in ratios) / len(ratios)
        return {"median": statistics.median(ratios), "worst": ratios[-1], "disturbed": share, "noisy": share > 0.1}


def process(argv, stdout=subprocess.DEVNULL, **more):
    """Runs a program to its end: wall and CPU milliseconds (with those of its children), and the exit status."""
    began = time.perf_counter()
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.DEVNULL, **more)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    return wall * 1e3, (usage.ru_utime + usage.ru_stime) * 1e3, child.returncode


def must(argv, **more):
    """Like process, for a competitor that must succeed."""
    wall, cpu, code = process(argv, **more)
    if code != 0:
        sys.exit(f"bench: exit status {code} of {' '.join(map(str, argv))}")
    return wall, cpu


def interleave(competitors, runs, contention):
    """Runs each competitor in turn, so that what disturbs the machine disturbs all of them; the first round is a
    rehearsal. A competitor is a function that returns what `Samples.add` takes."""
    samples = {name: Samples() for name in competitors}
    for index in range(runs + 1):
        for name, run in competitors.items():
            contention.probe()
            times = run()
            if index:
                samples[name].add(*times)
    return samples


class Report:
    def __init__(self):
        self.contention = Contention()
        self.rows, self.facts, self.budgets = [], [], []

    def add(self, bench, case, samples, base):
        """The rows of one case; ratios are to the competitor named `base`."""
        for name, own in samples.items():
            self.rows.append({
                "benchmark": bench, "case": case, "who": name, "runs": len(own.wall), "median_ms": round(own.median, 3),
                "least_ms": round(min(own.wall), 3), "spread": round(own.spread, 3),
                "ratio": round(own.median / samples[base].median, 3), "ratio_to": base,
                "cpu_ms": round(statistics.median(own.cpu), 3) if own.cpu else None,
            })

    def fact(self, bench, what, value, unit):
        """Something that was measured and is compared with nothing in the run."""
        self.facts.append({"benchmark": bench, "what": what, "value": value, "unit": unit})

    def budget(self, what, value, limit, unit, at_least=False):
        met = value >= limit if at_least else value <= limit
        self.budgets.append({
            "what": what, "value": round(value, 3), "budget": limit, "unit": unit, "at_least": at_least, "met": met,
        })


# --- the program and the lab -----------------------------------------------------------------------------------------


@functools.cache
def build(product):
    """A release as it is shipped: the Swift runtime linked in, so that a start does not load it."""
    variable = {"muster": "MUSTER", "musterd": "MUSTERD", "muster-bench": "MUSTER_BENCH"}[product]
    if variable in os.environ:
        return os.environ[variable]
    say(f"building {product}")
    argv = ["swift", "build", "-c", "release", "--static-swift-stdlib", "--product", product]
    argv += ["--package-path", REPOSITORY]
    if "MUSTER_BENCH_BUILD" in os.environ:
        argv += ["--scratch-path", os.environ["MUSTER_BENCH_BUILD"]]
    subprocess.run(argv, check=True, stdout=sys.stderr)
    shown = subprocess.run([*argv, "--show-bin-path"], check=True, capture_output=True, text=True).stdout
    return f"{shown.strip()}/{product}"


class Lab:
    def __init__(self, directory, hosts):
        self.environment = {**os.environ, "MUSTER_LAB_DIR": str(directory)}
        self.count = hosts
        self("up", str(hosts))
        if self("env", "mode") != "namespaces":
            self("down")
            sys.exit("bench: ssh and up need hosts made of namespaces, so root")
        pairs = (line.split("=", 1) for line in self("env").splitlines())
        self.facts = {name.removeprefix("MUSTER_LAB_").lower(): value for name, value in pairs}
        self.addresses = [self.facts[f"node{i}_address"] for i in range(1, hosts + 1)]

    def __call__(self, *words, **more):
        done = subprocess.run([LAB, *words], env=self.environment, text=True, capture_output=True, check=False, **more)
        if done.returncode:
            sys.exit(f"bench: lab {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout.strip()


@contextlib.contextmanager
def lab(hosts):
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as directory:
        raised = Lab(pathlib.Path(directory) / "lab", hosts)
        try:
            yield raised
        finally:
            raised("down")
