"""A small HTTP server with uvicorn's manners: bound apart from listening, one thread per connection, no polling."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any, Callable


class Answer(Exception):
    """Raised or returned by a route: the status and the body."""

    def __init__(self, status: int, body: Any = None, kind: str = "application/json") -> None:
        super().__init__(status)
        self.status, self.kind = status, kind
        if body is None:
            self.body = b""
        elif isinstance(body, (dict, list)):
            self.body = json.dumps(body, separators=(",", ":")).encode()
        else:
            self.body = str(body).encode()


class Stream:
    """Returned by a route: server-sent events."""

    def __init__(self, events: Iterator[Any]) -> None:
        self.events = events


Route = Callable[[dict[str, Any]], "Answer | Stream"]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "uvicorn", ""

    routes: dict[tuple[str, str], Route]
    access_log: Callable[[str], None]
    authorized: Callable[[str, str], bool]

    def log_message(self, format: str, *values: Any) -> None:  # the access log below says it in uvicorn's words
        pass

    def do_GET(self) -> None:
        self.serve("GET")

    def do_POST(self) -> None:
        self.serve("POST")

    def serve(self, method: str) -> None:
        path = self.path.partition("?")[0]
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        route = self.routes.get((method, path))
        if not self.authorized(path, self.headers.get("Authorization") or ""):
            outcome: Answer | Stream = Answer(401, {"error": "Unauthorized"})
        elif route is None:
            known = any(known_path == path for _, known_path in self.routes)
            outcome = Answer(405, {"detail": "Method Not Allowed"}) if known else Answer(404, {"detail": "Not Found"})
        else:
            try:
                outcome = route(json.loads(body) if body else {})
            except Answer as answer:
                outcome = answer
            except ValueError as problem:
                outcome = Answer(400, {"error": {"message": str(problem), "type": "BadRequestError", "code": 400}})
        try:
            if isinstance(outcome, Stream):
                self.stream(outcome)
                status = 200
            else:
                self.send_response(outcome.status)
                self.send_header("Content-Type", outcome.kind)
                self.send_header("Content-Length", str(len(outcome.body)))
                self.end_headers()
                self.wfile.write(outcome.body)
                status = outcome.status
        except OSError:
            self.close_connection = True
            return
        peer = f"{self.client_address[0]}:{self.client_address[1]}"
        words = {
            200: "OK",
            400: "Bad Request",
            404: "Not Found",
            500: "Internal Server Error",
            503: "Service Unavailable",
        }
        self.access_log(f'{peer} - "{method} {self.path} HTTP/1.1" {status} {words.get(status, "")}'.rstrip())

    def stream(self, outcome: Stream) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for event in outcome.events:
            text = event if isinstance(event, str) else json.dumps(event)
            data = f"data: {text}\n\n".encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")


class Server:
    def __init__(
        self,
        routes: dict[tuple[str, str], Route],
        access_log: Callable[[str], None],
        authorized: Callable[[str, str], bool] = lambda _path, _header: True,
    ) -> None:
        members = {"routes": routes, "access_log": staticmethod(access_log), "authorized": staticmethod(authorized)}
        self.handler = type("Bound", (Handler,), members)
        self.stopped = False

    @staticmethod
    def bind(host: str, port: int) -> socket.socket:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        return listener

    def serve(self, listener: socket.socket) -> None:
        listener.listen(2048)
        threading.Thread(target=self.accept_loop, args=(listener,), daemon=True).start()

    def accept_loop(self, listener: socket.socket) -> None:
        while not self.stopped:
            try:
                client, address = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(client, address), daemon=True).start()

    def talk(self, client: socket.socket, address: Any) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.handler(client, address, self)
        except OSError:
            pass
        finally:
            client.close()
