"""The two OpenAI-shaped endpoints that both engines have."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from .generation import Client
from .http import Answer, Route, Stream


def openai_routes(client: Client, name: str, checks_model: bool) -> dict[tuple[str, str], Route]:
    def complete(body: dict[str, Any], chat: bool) -> Answer | Stream:
        asked = body.get("model", name)
        if checks_model and asked != name:
            error = {
                "message": f"The model `{asked}` does not exist.",
                "type": "NotFoundError",
                "param": "model",
                "code": 404,
            }
            raise Answer(404, {"error": error})
        count = int(body.get("max_tokens") or body.get("max_completion_tokens") or 16)
        prompt = body.get("messages") if chat else body.get("prompt", "")
        prompt_tokens = len(prompt) if isinstance(prompt, list) else len(str(prompt).split())
        kind = "chat.completion" if chat else "text_completion"
        base = {"id": f"cmpl-{time.time_ns():x}", "object": kind, "created": int(time.time()), "model": asked}
        usage = {"prompt_tokens": prompt_tokens, "completion_tokens": count, "total_tokens": prompt_tokens + count}

        def choice(text: str, last: bool, delta: bool) -> dict[str, Any]:
            entry: dict[str, Any] = {"index": 0, "logprobs": None, "finish_reason": "length" if last else None}
            if chat:
                entry["delta" if delta else "message"] = {"role": "assistant", "content": text}
            else:
                entry["text"] = text
            return entry

        if not body.get("stream"):
            text = "".join(client.tokens(count))
            return Answer(200, {**base, "choices": [choice(text, True, False)], "usage": usage})
        if chat:
            base["object"] = "chat.completion.chunk"

        def events() -> Iterator[Any]:
            for done, word in enumerate(client.tokens(count), 1):
                yield {**base, "choices": [choice(word, done == count, True)]}
            if (body.get("stream_options") or {}).get("include_usage"):
                yield {**base, "choices": [], "usage": usage}
            yield "[DONE]"

        return Stream(events())

    return {
        ("POST", "/v1/completions"): lambda body: complete(body, chat=False),
        ("POST", "/v1/chat/completions"): lambda body: complete(body, chat=True),
    }
