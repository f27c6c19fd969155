"""What muster's knowledge of engines costs: judging whether a model fits, and looking up flags."""

import json
import pathlib
import subprocess
import sys
import tempfile

from common import REPOSITORY, Samples, build, interleave, must

CLUSTER = REPOSITORY / "Configs/l40s-4x8-tp32-sglang.yaml"
CATALOGUE = REPOSITORY / "Sources/CFlagCatalog/sglang.flags"

# DeepSeek-V3 by the sizes of its card. Its blocks do not divide over 32 ranks, so that ways out are tried, too.
DEEPSEEK_V3 = {
    "architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3", "hidden_size": 7168,
    "intermediate_size": 18432, "moe_intermediate_size": 2048, "num_hidden_layers": 61, "num_attention_heads": 128,
    "num_key_value_heads": 128, "q_lora_rank": 1536, "kv_lora_rank": 512, "qk_nope_head_dim": 128,
    "qk_rope_head_dim": 64, "v_head_dim": 128, "n_routed_experts": 256, "n_shared_experts": 1,
    "num_experts_per_tok": 8, "first_k_dense_replace": 3, "moe_layer_freq": 1, "num_nextn_predict_layers": 1,
    "vocab_size": 129280, "tie_word_embeddings": False, "torch_dtype": "bfloat16", "max_position_embeddings": 163840,
    "rope_scaling": {"type": "yarn", "factor": 40, "original_max_position_embeddings": 4096},
    "quantization_config": {"quant_method": "fp8", "fmt": "e4m3", "weight_block_size": [128, 128]},
}  # fmt: skip


def measured(*words):
    """One line of JSON from a mode of muster-bench."""
    done = subprocess.run([build("muster-bench"), *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"bench: {words[0]}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def laps(seen, name, times=1):
    """The runs of one piece of work but the first, which is a rehearsal, as if it had been done so many times."""
    samples = Samples()
    for wall, cpu in list(zip(seen[f"{name}_ms"], seen[f"{name}_cpu_ms"]))[1:]:
        samples.add(wall * times, cpu * times)
    return samples


# --- fit -------------------------------------------------------------------------------------------------------------


def refused(argv):
    """Like must, for a judgement that ends with 1: the model is refused."""
    return must(["sh", "-c", '"$@"; test $? -eq 1', "sh", *argv])


def fit(report, runs):
    muster, runs = build("muster"), runs or 25
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as directory:
        config = pathlib.Path(directory) / "config.json"
        config.write_text(json.dumps(DEEPSEEK_V3))
        reader = "import json, sys, yaml; yaml.safe_load(open(sys.argv[1])); json.load(open(sys.argv[2]))"
        samples = interleave({
            "muster fit": lambda: refused([muster, "fit", CLUSTER, "--config", config, "--gpu", "L40S"]),
            "python yaml, json": lambda: must([sys.executable, "-c", reader, CLUSTER, config]),
            "true": lambda: must(["/bin/true"]),
        }, runs, report.contention)
        report.add("fit", "DeepSeek-V3, TP32", samples, "python yaml, json")
        report.contention.probe()
        seen = measured("fit", CLUSTER, config, "-r", runs + 1)
        inside = {f"{seen['judgements']} judgements": laps(seen, "judge")}
        report.add("fit", "the same, in one process", inside, next(iter(inside)))
        each = next(iter(inside.values())).median / seen["judgements"]
        report.fact("fit", "judgements in one process", round(1e3 / each), "/s")


# --- flags -----------------------------------------------------------------------------------------------------------

FLAG = "mem-fraction-static"

# What one would write first: the whole file into a dictionary, then the question.
NAIVE = """
import sys
flags = {}
for line in open(sys.argv[1]):
    fields = line.rstrip("\\n").split("\\t")
    flags.setdefault(fields[0], []).append(fields[1:])
assert flags[sys.argv[2]]
"""

# What an engine does: a parser with all flags of one release, then one command line.
ARGPARSE = """
import argparse, sys
parser = argparse.ArgumentParser()
for line in open(sys.argv[1]):
    if line[0] == "#":
        continue
    name, run, kind, *_ = line.rstrip("\\n").split("\\t")
    first, _, last = run.partition("-")
    if not first or not int(first) <= 4 <= int(last) or kind not in ("one", "none"):
        continue
    if kind == "one":
        parser.add_argument("--" + name)
    else:
        parser.add_argument("--" + name, action="store_true")
assert parser.parse_args(["--" + sys.argv[2], "0.9"])
"""


def flags(report, runs):
    muster, runs = build("muster"), runs or 25
    samples = interleave({
        "muster flags": lambda: must([muster, "flags", "--engine", "sglang", "--version", "0.5.9", FLAG]),
        "python, whole file": lambda: must([sys.executable, "-c", NAIVE, CATALOGUE, FLAG]),
        "python argparse": lambda: must([sys.executable, "-c", ARGPARSE, CATALOGUE, FLAG]),
        "true": lambda: must(["/bin/true"]),
    }, runs, report.contention)
    report.add("flags", "one flag, whole process", samples, "python argparse")
    report.contention.probe()
    seen = measured("flags", "-r", runs + 1)
    if seen["found"] != seen["questions"]:
        sys.exit(f"bench: {seen['questions'] - seen['found']} flags were not found")
    lookups = laps(seen, "lookup", 1000 / seen["questions"])
    inside = {"lookup": lookups, "all lines read first": laps(seen, "read", 1000)}
    report.add("flags", "1,000 times, one process", inside, "all lines read first")
    report.fact("flags", "lookups in one process", round(1e6 / lookups.median), "/s")
