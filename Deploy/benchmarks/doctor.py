"""What it costs to look at all nodes, beside loops over ssh, and to read what 1,000 nodes say."""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from common import Samples, build, interleave, lab, must

# What a node prints is captured on hosts that are like a real machine; a whole number of these makes the thousand.
NODES, HOSTS_CAPTURED = 1000, 4
# Hosts and the seconds that a look may take.
LOOKS = ((4, 3), (32, 6))


def cluster_text(addresses, pipeline, more):
    """One file of nodes with eight GPUs each; a replica of it has as many ranks as 32 times its pipeline stages."""
    nodes = "".join(f"  - {{name: node{i}, host: {a}}}\n" for i, a in enumerate(addresses, 1))
    return f"""name: bench
engine: {{kind: sglang, version: 0.5.9}}
model: /models/standin
tcp_iface: bond0
rdma_gid_index: 3
tp_size: 32
pp_size: {pipeline}
gpus_per_node: 8
ports: {{http: 8000, rendezvous: 5000}}
env: {{NCCL_DEBUG: INFO}}
args: {{trust-remote-code: true}}
nodes:
{nodes}{more}"""


@contextlib.contextmanager
def neighbours(most):
    """Lets the kernel know so many neighbours. All hosts share one table of 1,024, and each of 32 hosts talks to 31."""
    settings = [pathlib.Path(f"/proc/sys/net/ipv4/neigh/default/gc_thresh{i}") for i in (3, 2)]
    before = [setting.read_text() for setting in settings]
    try:
        for setting, value in zip(settings, (most, most // 2)):
            setting.write_text(str(max(value, int(setting.read_text()))))
        yield
    finally:
        for setting, value in zip(settings, before):
            setting.write_text(value)


def doctor(report, runs):
    with neighbours(8192), tempfile.TemporaryDirectory(prefix="muster-bench-") as name:
        directory = pathlib.Path(name)
        for count, limit in LOOKS:
            documents = look(report, directory, count, limit, runs or 9)
            if count == HOSTS_CAPTURED:
                read(report, directory, documents, runs or 9)


def look(report, directory, count, limit, runs):
    """`muster doctor --fast` on lab hosts, and what a person does instead. Returns what the nodes said, by node."""
    state, file = directory / f"state{count}", directory / f"{count}.yaml"
    with lab(count) as hosts:
        hosts("machines")
        names = [f"node{i}" for i in range(1, count + 1)]
        login = ", ".join(f"{key}: {hosts.facts[key]}" for key in ("user", "identity", "known_hosts"))
        file.write_text(cluster_text(hosts.addresses, count // 4, f"ssh: {{{login}}}\n"))
        environment = {**os.environ, "XDG_STATE_HOME": str(state)}
        ssh = f"ssh -F {hosts.facts['ssh_config']} $host nvidia-smi"
        in_turn = f"for host in {' '.join(names)}; do {ssh} || exit; done"
        at_once = f"for host in {' '.join(names)}; do {ssh} & done; wait"
        # It ends with 0 only where nothing is wrong and every node has answered.
        samples = interleave({
            "muster doctor --fast": lambda: must([build("muster"), "doctor", "--fast", file], env=environment),
            "ssh HOST nvidia-smi": lambda: must(["bash", "-c", in_turn]),
            "ssh HOST nvidia-smi &": lambda: must(["bash", "-c", at_once]),
        }, runs, report.contention)
    report.add("doctor", f"{count} hosts", samples, "ssh HOST nvidia-smi &")
    report.budget(f"doctor --fast, {count} hosts", samples["muster doctor --fast"].median / 1e3, limit, "s")
    kept = (state / "muster/bench/inventory").glob("*.json")
    return [json.loads(path.read_text()) for path in sorted(kept)]


# --- reading ---------------------------------------------------------------------------------------------------------


# Where the nodes of one cluster differ: what stands there in the answer of host OWN, and what is put in its place.
PLACES = (
    (r"\bhostname=node{own}\b", "hostname=@NAME@"),
    (r"\bboot_id=[0-9a-f]{{8}}", "boot_id=@SERIAL@"),
    (r"\bGPU-5a1e{own:04x}", "GPU-@SERIAL@"),
    # The address of the host itself, then those of its RDMA ports, as such and in their GID tables.
    (r"\b10\.77\.\d+\.{own}\b", "10.77.@PLACE@"),
    (r"\b192\.168\.(\d)\.{own}\b", r"10.\1.@PLACE@"),
    (r"\bffff:c0a8:0(\d){own:02x}\b", r"ffff:0a0\1:@GID@"),
)


def pattern(document):
    """The bytes that a lab host has printed, without what is its own, below a line that says when it was asked and which
    word its marks bear."""
    text = ""
    for section in document["sections"]:
        end = f"{section['name']} {section['status']} {section['milliseconds']}"
        text += f"@@@NONCE@ begin {section['name']}\n{section['text']}\n@@@NONCE@ end {end}\n"
    own = int(document["node"].removeprefix("node"))
    for old, new in PLACES:
        text = re.sub(old.format(own=own), new, text)
    return f"{document['asked']} {document['answered']} @NONCE@\n{text}@@@NONCE@ done\n"


def place(number):
    return number // 250, number % 250 + 1


def answer(text, number):
    """What a node of this number would have printed."""
    high, low = place(number)
    for mark, value in (
        ("@NONCE@", f"p{number:020}"), ("@NAME@", f"node{number}"), ("@SERIAL@", f"{number:08x}"),
        ("@PLACE@", f"{high}.{low}"), ("@GID@", f"{high:02x}{low:02x}"),
    ):  # fmt: skip
        text = text.replace(mark, value)
    return text


def read(report, directory, documents, runs):
    """1,000 answers into inventories, then the whole examination of them."""
    answers, file = directory / "answers", directory / "thousand.yaml"
    answers.mkdir()
    patterns = [pattern(document) for document in documents]
    for number in range(1, NODES + 1):
        (answers / f"node{number}").write_text(answer(patterns[number % len(patterns)], number))
    addresses = (f"10.77.{high}.{low}" for high, low in map(place, range(1, NODES + 1)))
    replicas = NODES // HOSTS_CAPTURED
    file.write_text(cluster_text(addresses, 1, f"replicas: {replicas}\n"))
    report.contention.probe()
    argv = [build("muster-bench"), "doctor-parse", file, answers, "-r", str(runs + 1)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"bench: doctor-parse: {done.stdout}{done.stderr}")
    seen = json.loads(done.stdout)
    if seen["damages"] or seen["findings"]:
        sys.exit(f"bench: {seen['damages']} sections of healthy nodes unread, {seen['findings']} findings")
    report.fact("doctor", "answer of a node, on average", round(seen["bytes"] / NODES / 1e3, 1), "kB")
    samples = {}
    for name, key in (("read", "read"), ("judge", "judge")):
        samples[name] = Samples()
        for wall, cpu in list(zip(seen[f"{key}_ms"], seen[f"{key}_cpu_ms"]))[1:]:
            samples[name].add(wall, cpu)
    report.add("doctor", f"{NODES:,} answers", samples, "read")
    report.fact("doctor", f"{NODES:,} answers and inventories: memory, highest", seen["peak_rss_mb"], "MB")
    report.budget(f"reading the answers of {NODES:,} nodes", samples["read"].median / 1e3, 1, "s")
