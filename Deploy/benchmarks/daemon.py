"""What keeping deployments costs, on simulated nodes: `muster-bench` has the daemon's own code run on them."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from common import build, interleave, must


def on_simulated_nodes(mode, *options):
    """One line of `muster-bench`, which keeps its store in a directory of its own."""
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as directory:
        argv = [build("muster-bench"), mode, f"{directory}/store.db", *map(str, options)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"bench: {' '.join(argv)}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)


def idle(report, _):
    """1,000 units that serve and say nothing: as gangs of eight nodes, and each on its own."""
    for gangs, nodes in ((125, 8), (1000, 1)):
        report.contention.probe()
        seen = on_simulated_nodes("idle", "-g", gangs, "-n", nodes, "-s", 30)
        case = f"{gangs} gangs of {nodes} node{'s' * (nodes > 1)}"
        report.fact("idle", f"{case}: CPU of a core, all in all", seen["cpu_percent"], "%")
        report.fact("idle", f"{case}: of that the simulated nodes' thread", seen["nodes_cpu_percent"], "%")
        report.fact("idle", f"{case}: memory, resident", seen["rss_mb"], "MB")
        report.fact("idle", f"{case}: memory, highest", seen["peak_rss_mb"], "MB")
        own = seen["cpu_percent"] - seen["nodes_cpu_percent"]
        report.budget(f"idle, {case}, CPU of a core", own, 2, "%")
        report.budget(f"idle, {case}, memory", seen["peak_rss_mb"], 150, "MB")


def ingest(report, _):
    """The logs of 32 ranks on four nodes, at 20,000 lines a second, then as fast as they are read."""
    for rate, seconds in ((20_000, 20), (0, 20)):
        report.contention.probe()
        seen = on_simulated_nodes("ingest", "-l", rate, "-s", seconds)
        case = f"{rate:,} lines/s" if rate else "unthrottled"
        report.fact("ingest", f"{case}: lines read", round(seen["lines_per_second"]), "/s")
        report.fact("ingest", f"{case}: bytes skipped", seen["skipped_bytes"], "B")
        report.fact("ingest", f"{case}: CPU, of one core", seen["cpu_percent"], "%")
        report.fact("ingest", f"{case}: of that the simulated nodes' thread", seen["nodes_cpu_percent"], "%")
        for quarter, memory in enumerate(seen["rss_mb"]):
            report.fact("ingest", f"{case}: memory after {quarter} quarters", memory, "MB")
        if rate:
            report.budget("ingest, share of 20,000 lines/s that was read", seen["lines_per_second"] / rate, 0.99, "x", True)
        report.budget(f"ingest, {case}, growth of memory", seen["rss_mb"][4] - seen["rss_mb"][1], 2, "MB")


def size(report, runs):
    """What is installed, and what a start of it costs."""
    runs = runs or 25
    programs = {name: pathlib.Path(build(name)) for name in ("muster", "musterd")}
    for name, program in programs.items():
        report.fact("size", f"{name}, as built", round(program.stat().st_size / 1e6, 1), "MB")
        with tempfile.NamedTemporaryFile(prefix="muster-bench-") as stripped:
            subprocess.run(["strip", "-o", stripped.name, program], check=True)
            report.fact("size", f"{name}, stripped", round(os.stat(stripped.name).st_size / 1e6, 1), "MB")
    samples = interleave({
        "muster --version": lambda: must([programs["muster"], "--version"]),
        "musterd --version": lambda: must([programs["musterd"], "--version"]),
        "true": lambda: must(["/bin/true"]),
    }, runs, report.contention)
    report.add("size", "start, whole process", samples, "true")
