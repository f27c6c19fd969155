"""What one core reads of an engine's log, beside programs that look for the same lines with regular expressions."""

import contextlib
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

from common import Samples, build, must

LINES, RANKS = 400_000, 32
# Lines a second on one core, for phases and failures together.
LEAST = 200_000

CLUSTER = """name: bench
engine: {kind: sglang, version: 0.5.9}
model: /models/standin
tcp_iface: bond0
tp_size: 32
gpus_per_node: 8
nodes: ["10.77.0.[1-4]"]
"""

# The lines that move a rank of SGLang 0.5.9, as a person would look for them.
PHASES = (
    r"Init torch distributed begin", r"Init torch distributed ends", r"Load weight begin", r"Load weight end",
    r"checkpoint shards: +[0-9]+% Completed \| [0-9]+/[0-9]+", r"Multi-thread loading shards: .*[0-9]+/[0-9]+",
    r"KV Cache is allocated", r"Memory pool end", r"Capture .*graph begin", r"Capture .*graph end\.",
    r"Capturing batches.*[0-9]+/[0-9]+", r"max_total_num_tokens=[0-9]+", r"[Dd]ummy health check server",
    r"Uvicorn running on", r"The server is fired up and ready to roll!",
)  # fmt: skip


def log(seed):
    """What a node of a busy gang prints, NCCL's words among it: four lines in a hundred move a rank, and bars redraw."""
    chance = random.Random(seed)
    text = []
    for number in range(LINES):
        rank, count = chance.randrange(RANKS), chance.randrange(1, 4096)
        head = f"[2026-03-04 05:{number // 60 % 60:02}:{number % 60:02} TP{rank}]"
        nccl = f"gpu-1:4711:{4720 + rank} [{rank % 8}] NCCL INFO"
        line = chance.choices((
            f"{head} Decode batch. #running-req: {count % 64}, #token: {count}, token usage: 0.{count % 100:02}, "
            f"cuda graph: True, gen throughput (token/s): {count / 7:.2f}, #queue-req: 0",
            f"{head} Prefill batch. #new-seq: 1, #new-token: {count}, #cached-token: 0, token usage: 0.02, "
            f"#running-req: {count % 64}, #queue-req: 0",
            f'INFO:     10.0.0.9:{40000 + count} - "POST /v1/completions HTTP/1.1" 200 OK',
            f"{nccl} Channel {count % 24:02}/0 : {rank}[{rank % 8}] -> {(rank + 8) % RANKS}[{rank % 8}] [send] via NET/IB/0/GDRDMA",
            f"{head} Using default W8A8 Block FP8 kernel config. Performance might be sub-optimal! "
            f"Config file not found at /usr/lib/python3/configs/N={count},K=7168.json",
            f"{head} {chance.choice(('Load weight end. type=DeepseekV3ForCausalLM, avail mem=21.20 GB', 'Memory pool end. avail mem=9.01 GB', 'Capture cuda graph begin. This can take up to several minutes.'))}",
            f"Loading safetensors checkpoint shards:  {count % 100}% Completed | {count % 163}/163 [00:41<00:05,  1.28it/s]",
        ), (40, 20, 15, 15, 6, 2, 2))[0]  # fmt: skip
        text.append(line + ("\r" if line.startswith("Loading") else "\n"))
    return "".join(text)


def python_re():
    """The same question put to Python's `re`, in a process of its own so that its start counts as grep's does."""
    pattern = "|".join(f"(?:{p})" for p in PHASES)
    return (
        "import re,sys\n"
        f"find = re.compile({pattern!r}).search\n"
        "print(sum(1 for line in re.split('[\\r\\n]+', open(sys.argv[1], newline='').read()) if find(line)))\n"
    )


def lines(report, runs):
    runs = runs or 9
    with contextlib.ExitStack() as context:
        name = context.enter_context(tempfile.TemporaryDirectory(prefix="muster-bench-"))
        directory = pathlib.Path(name)
        file, text, plain, patterns = (directory / part for part in ("cluster.yaml", "log", "plain", "patterns"))
        file.write_text(CLUSTER)
        written = log(7)
        text.write_text(written, newline="")
        # grep ends lines at line feeds only.
        plain.write_text(written.replace("\r", "\n"))
        patterns.write_text("\n".join(PHASES) + "\n")
        wanted = sum(1 for line in written.splitlines() if re.search("|".join(PHASES), line))
        grep = ["grep", "-E", "-c", "-f", patterns, plain]
        # Programs that look for one thing each, as a shell script does it; one that finds nothing ends with 1.
        each = f"while read -r p; do grep -E -c -e \"$p\" {plain}; done <{patterns}; true"
        # Not /dev/null: grep knows it, and stops at its first match.
        counts = context.enter_context(open(directory / "counts", "w"))
        peers = {
            "grep -E -f": lambda: must(grep, stdout=counts),
            "grep -E for each": lambda: must(["bash", "-c", each], stdout=counts),
            "python re": lambda: must([sys.executable, "-c", python_re(), text], stdout=counts),
        }
        samples = {who: Samples() for who in ("cut into lines", "and phases", "and failures", *peers)}
        argv = [build("muster-bench"), "log-lines", file, text, "-r", "2"]
        for lap in range(runs + 1):
            report.contention.probe()
            seen = json_of(argv)
            if seen["signals"] != wanted:
                sys.exit(f"bench: log-lines saw {seen['signals']:,} lines that move ranks, not {wanted:,}")
            for who, key in (("cut into lines", "cut"), ("and phases", "phases"), ("and failures", "both")):
                # Behind a run that warms the tables up.
                if lap:
                    samples[who].add(seen[f"{key}_ms"][-1], seen[f"{key}_cpu_ms"][-1])
            for who, peer in peers.items():
                wall, cpu = peer()
                if lap:
                    samples[who].add(wall, cpu)
    report.add("lines", f"{LINES // 1000}k lines of a log", samples, "and phases")
    used = sorted(samples["and failures"].cpu)[runs // 2]
    report.budget("log lines a second of one core, at least", LINES / used * 1e3, LEAST, "", at_least=True)


def json_of(argv):
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"bench: log-lines: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)
