"""The endpoints of the head."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from muster_standin.generation import EngineDead
from muster_standin.http import Answer, Route, Stream
from muster_standin.openai import openai_routes

from .standin_worker import VERSION

if TYPE_CHECKING:
    from .standin_serve import Head

DEAD = {
    "error": {
        "message": "EngineCore encountered an issue. See stack trace (above) for the root cause.",
        "type": "InternalServerError",
        "param": None,
        "code": 500,
    }
}


def routes(head: Head) -> dict[tuple[str, str], Route]:
    options, client = head.options, head.client
    assert client is not None
    name = options.served_model_name[0] if options.served_model_name else options.model_path

    def health(_: dict[str, Any]) -> Answer:
        # Reads a flag, asks nobody: a hung or distant death is not seen here.
        return Answer(503 if client.dead else 200, "", "text/plain")

    def models(_: dict[str, Any]) -> Answer:
        entry = {
            "id": name, "object": "model", "created": int(time.time()), "owned_by": "vllm",
            "root": options.model_path, "parent": None, "max_model_len": 131072, "permission": [],
        }  # fmt: skip
        return Answer(200, {"object": "list", "data": [entry]})

    def metrics(_: dict[str, Any]) -> Answer:
        label = f'{{engine="0",model_name="{name}"}}'
        lines = []
        for metric, kind, value in (
            ("vllm:num_requests_running", "gauge", client.in_flight()),
            ("vllm:num_requests_waiting", "gauge", 0),
            ("vllm:kv_cache_usage_perc", "gauge", 0),
            ("vllm:generation_tokens_total", "counter", client.generated),
            ("vllm:iteration_tokens_total_count", "counter", client.generated),
        ):
            lines += [f"# TYPE {metric} {kind}", f"{metric}{label} {float(value)}"]
        return Answer(200, "\n".join(lines) + "\n", "text/plain; version=0.0.4; charset=utf-8")

    def alive(route: Route) -> Route:
        def guarded(body: dict[str, Any]) -> Answer | Stream:
            try:
                return route(body)
            except EngineDead:
                return Answer(500, DEAD)

        return guarded

    completions = openai_routes(client, name, checks_model=True)
    return {
        ("GET", "/health"): health,
        ("GET", "/ping"): health,
        ("POST", "/ping"): health,
        ("GET", "/version"): lambda _body: Answer(200, {"version": VERSION}),
        ("GET", "/load"): lambda _body: Answer(200, {"server_load": client.in_flight()}),
        ("GET", "/v1/models"): models,
        ("GET", "/metrics"): metrics,
        **{key: alive(route) for key, route in completions.items()},
    }
