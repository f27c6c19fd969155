"""The endpoints of node 0."""

from __future__ import annotations

import os
import queue
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from muster_standin import process
from muster_standin.http import Answer, Route, Stream

from .standin_release import RELEASE

if TYPE_CHECKING:
    from .standin_launcher import Launcher


def routes(launcher: Launcher) -> dict[tuple[str, str], Route]:
    options = launcher.options
    name = options.served_model_name or options.model_path
    client = launcher.client
    assert client is not None

    def health_generate(_: dict[str, Any]) -> Answer:
        if launcher.status != "Up" and RELEASE.health_generates:
            return Answer(503, "", "text/plain")
        try:
            limit = process.seconds("SGLANG_HEALTH_CHECK_TIMEOUT", 20)
            for _word in client.tokens(1, timeout=limit):
                pass
        except queue.Empty:
            from .standin_scheduler import log

            log(
                "Health check failed. Server couldn't get a response from detokenizer for last "
                f"{limit:g} seconds. tic start time: {time.strftime('%H:%M:%S')}. last_heartbeat time: {time.strftime('%H:%M:%S')}"
            )
            return Answer(503, "", "text/plain")
        return Answer(200, "", "text/plain")

    def health(body: dict[str, Any]) -> Answer:
        if not RELEASE.health_generates:
            return Answer(200, "", "text/plain")
        if (
            os.environ.get("SGLANG_ENABLE_HEALTH_ENDPOINT_GENERATION") in ("0", "false", "False")
            and launcher.status == "Up"
        ):
            return Answer(200, "", "text/plain")
        return health_generate(body)

    def model_info(_: dict[str, Any]) -> Answer:
        return Answer(
            200, {"model_path": options.model_path, "tokenizer_path": options.model_path, "is_generation": True}
        )

    def server_info(_: dict[str, Any]) -> Answer:
        for _word in client.tokens(1):  # asks the schedulers, and hangs if they do
            pass
        state = {"last_gen_throughput": 0.0}
        plain = {key: value for key, value in vars(options).items() if key != "nccl_port_chosen"}
        more = {"max_total_num_tokens": 262144, "internal_states": [state], "version": RELEASE.text}
        return Answer(200, {**plain, **more})

    def models(_: dict[str, Any]) -> Answer:
        entry = {
            "id": name,
            "object": "model",
            "created": int(time.time()),
            "owned_by": "sglang",
            "root": name,
            "max_model_len": 131072,
        }
        return Answer(200, {"object": "list", "data": [entry]})

    def generate(body: dict[str, Any]) -> Answer | Stream:
        count = int((body.get("sampling_params") or {}).get("max_new_tokens", 128))
        text_in = body.get("text", "")
        prompt = len(str(text_in).split()) or len(body.get("input_ids") or [])

        def shape(text: str, done: int) -> dict[str, Any]:
            finish = {"type": "length", "length": count} if done == count else None
            info = {
                "id": f"{time.time_ns():x}",
                "finish_reason": finish,
                "prompt_tokens": prompt,
                "completion_tokens": done,
                "cached_tokens": 0,
            }
            return {"text": text, "meta_info": info}

        if body.get("stream"):

            def events() -> Iterator[Any]:
                text = ""
                for done, word in enumerate(client.tokens(count), 1):
                    text += word
                    yield shape(text, done)
                yield "[DONE]"

            return Stream(events())
        return Answer(200, shape("".join(client.tokens(count)), count))

    from muster_standin.openai import openai_routes

    return {
        ("GET", "/health"): health,
        ("GET", "/health_generate"): health_generate,
        ("GET", "/get_model_info"): model_info,
        ("GET", "/model_info"): model_info,
        ("GET", "/get_server_info"): server_info,
        ("GET", "/server_info"): server_info,
        ("GET", "/v1/models"): models,
        ("POST", "/generate"): generate,
        **openai_routes(client, name, checks_model=False),
    }
