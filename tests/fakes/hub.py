"""A hub on loopback that behaves like huggingface.co as far as downloads go.

It lists repositories, serves files with ranges, sends large ones from another host by a redirect, guards gated ones,
and can be made to misbehave: slow, cut, corrupt, or answering with an error. It counts every byte it sends.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

COMMIT = "c0ffee" + "0" * 34
TOKEN = "hf_reader"
LARGE = 100_000
"""Bytes from which a file is kept apart, as large ones are on the hub."""


@dataclass
class Sent:
    """One answer with a file's bytes: from where, and how many went out."""

    path: str
    start: int
    count: int = 0
    authorised: bool = False


@dataclass
class Manners:
    """How the hub behaves from now on."""

    rate: float | None = None
    """Bytes a second of each answer."""
    cut_after: int | None = None
    """Bytes of an answer after which the connection breaks, once."""
    corrupt: set[str] = field(default_factory=set)
    """Files of which the next answer is wrong; `forever` for every answer."""
    forever: bool = False
    status: int | None = None
    """The answer to requests of files."""
    ranges: bool = True
    retry_after: int = 0


class FakeHub:
    """Repositories in memory: `repos[name][path] = bytes`."""

    def __init__(self) -> None:
        self.repos: dict[str, dict[str, bytes]] = {}
        self.gated: set[str] = set()
        self.manners = Manners()
        self.sent: list[Sent] = []
        self.asked: list[str] = []
        self.commit = COMMIT
        self.lock = threading.Lock()
        hub = self

        class Handler(_Handler):
            owner = hub

        self._servers = [_Server(("127.0.0.1", 0), Handler) for _ in range(2)]
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.05,), name="studio-hub", daemon=True).start()

    @property
    def endpoint(self) -> str:
        """For HF_ENDPOINT."""
        return f"http://127.0.0.1:{self._servers[0].server_port}"

    @property
    def store(self) -> str:
        """The other host, where large files come from."""
        return f"http://localhost:{self._servers[1].server_port}"

    def served(self, path: str | None = None) -> int:
        """Bytes of files that went out."""
        with self.lock:
            return sum(one.count for one in self.sent if path in (None, one.path))

    def close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that are killed break their connections: no word of it."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: FakeHub

    def setup(self) -> None:
        super().setup()
        import socket

        # Little stands in the kernel between the two, so that what was sent is what was got.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)

    def log_message(self, *_: object) -> None:
        """Silent."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = unquote(self.path.split("?")[0])
        with self.owner.lock:
            self.owner.asked.append(f"{self.command} {path}")
        if found := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/([^/]+))?", path):
            self._about(found[1])
        elif found := re.fullmatch(r"/api/models/([^/]+/[^/]+)/tree/([^/]+)", path):
            self._tree(found[1], found[2])
        elif found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self._resolve(found[1], found[2], found[3])
        elif found := re.fullmatch(r"/store/([^/]+/[^/]+)/(.+)", path):
            self._file(found[2], self.owner.repos[found[1]][found[2]])
        else:
            self._error(404, "", "Not found")

    def _about(self, repo: str) -> None:
        if repo not in self.owner.repos:
            self._error(401, "RepoNotFound", "Repository not found")
            return
        gated = "manual" if repo in self.owner.gated else False
        self._json({"id": repo, "modelId": repo, "sha": self.owner.commit, "gated": gated, "private": False, "tags": [],
                    "siblings": [{"rfilename": path} for path in self.owner.repos[repo]]})  # fmt: skip

    def _tree(self, repo: str, commit: str) -> None:
        if commit != self.owner.commit:
            self._error(404, "RevisionNotFound", "Invalid rev id")
            return
        entries: list[dict[str, object]] = [{"type": "directory", "path": "transformer", "oid": "0" * 40, "size": 0}]
        for path, data in self.owner.repos[repo].items():
            entry: dict[str, object] = {"type": "file", "path": path, "size": len(data), "oid": git_hash(data)}
            if len(data) >= LARGE:
                entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
            entries.append(entry)
        self._json(entries)

    def _resolve(self, repo: str, commit: str, path: str) -> None:
        hub = self.owner
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if token and token != TOKEN:
            self._error(401, "", "Invalid credentials in Authorization header")
        elif repo in hub.gated and token != TOKEN:
            self._error(401, "GatedRepo", "Access to this model is restricted.")
        elif repo in hub.gated and path.startswith("forbidden"):
            self._error(403, "GatedRepo", "Access to this model is restricted.")
        elif commit != hub.commit:
            self._error(404, "RevisionNotFound", "Invalid rev id")
        elif path not in hub.repos.get(repo, {}):
            self._error(404, "EntryNotFound", "Entry not found")
        elif hub.manners.status is not None:
            self._error(hub.manners.status, "", "As told")
        elif len(hub.repos[repo][path]) >= LARGE:
            self._redirect(repo, path, hub.repos[repo][path])
        else:
            self._file(path, hub.repos[repo][path])

    def _redirect(self, repo: str, path: str, data: bytes) -> None:
        self.send_response(302)
        self.send_header("Location", f"{self.owner.store}/store/{repo}/{path}")
        self.send_header("X-Repo-Commit", self.owner.commit)
        self.send_header("X-Linked-Etag", f'"{hashlib.sha256(data).hexdigest()}"')
        self.send_header("X-Linked-Size", str(len(data)))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _file(self, path: str, data: bytes) -> None:
        manners = self.owner.manners
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")) if manners.ranges else None
        start = int(found[1]) if found else 0
        if path in manners.corrupt:
            data = bytes([data[0] ^ 1]) + data[1:-1] + bytes([data[-1] ^ 1])
            if not manners.forever:
                manners.corrupt.discard(path)
        sent = Sent(path, start, authorised="Authorization" in self.headers)
        with self.owner.lock:
            self.owner.sent.append(sent)
        self.send_response(206 if found else 200)
        self.send_header("X-Repo-Commit", self.owner.commit)
        self.send_header("ETag", f'"{git_hash(data)}"')
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(data) - start))
        if found:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        if self.command != "HEAD":
            self._pour(sent, data[start:], manners)

    def _pour(self, sent: Sent, data: bytes, manners: Manners) -> None:
        piece = 1 << 14
        try:
            for at in range(0, len(data), piece):
                if manners.cut_after is not None and at >= manners.cut_after:
                    manners.cut_after = None
                    self.close_connection = True
                    self.connection.close()
                    return
                part = data[at : at + piece]
                self.wfile.write(part)
                sent.count += len(part)
                if manners.rate:
                    time.sleep(len(part) / manners.rate)
        except OSError:
            self.close_connection = True

    def _error(self, status: int, code: str, message: str) -> None:
        headers = {"X-Error-Message": message, **({"X-Error-Code": code} if code else {})}
        if status == 429:
            headers["Retry-After"] = str(self.owner.manners.retry_after)
        self._json({"error": message}, status, headers)

    def _json(self, value: object, status: int = 200, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def git_hash(data: bytes) -> str:
    """As git names a file."""
    return hashlib.sha1(f"blob {len(data)}\0".encode() + data, usedforsecurity=False).hexdigest()
