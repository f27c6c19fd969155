#!/usr/bin/env python3
"""Makes a model small enough to serve on two CPU cores, out of nothing but random numbers.

Usage: make_tiny_model.py DIRECTORY

Runs inside the virtual environment that `real-vllm-setup` makes: it needs transformers, tokenizers and torch.
The weights are random, so what the model says is noise; that it says anything at all, across hosts, is the test.
"""

from __future__ import annotations

import sys
from pathlib import Path

VOCABULARY = 512
SENTENCE = "a lab of four hosts proves what a launcher says, and a launcher that says nothing proves nothing"


def make(target: Path) -> None:
    # Imported here so that a wrong argument is reported before half a minute of imports.
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    target.mkdir(parents=True, exist_ok=True)

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator([SENTENCE], trainer)
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>")
    wrapped.chat_template = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant: "
    wrapped.save_pretrained(target)

    torch.manual_seed(7)
    config = LlamaConfig(
        hidden_size=256,
        intermediate_size=512,
        num_hidden_layers=2,
        num_attention_heads=8,
        num_key_value_heads=4,
        vocab_size=VOCABULARY,
        max_position_embeddings=512,
        bos_token_id=0,
        eos_token_id=1,
        torch_dtype="bfloat16",
    )
    LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(target)


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print("usage: make_tiny_model.py DIRECTORY", file=sys.stderr)
        return 2
    make(Path(sys.argv[1]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
