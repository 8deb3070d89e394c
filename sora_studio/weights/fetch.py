"""Fetches a model from the hub: huggingface_hub lists and transfers, this file keeps order.

The library's own downloads begin anew after a kill (every partial file has a fresh name), so its `http_get` is driven
here with the bytes that are there: it asks for the rest, tries again when the connection breaks, and begins anew when a
server knows no ranges. Files come by HTTP and not by Xet, whose transfers cannot go on.

Run by `python -m sora_studio.weights.fetch` it takes an order as a line of JSON, tells how it goes in lines of JSON,
and ends when its input ends. It may be killed at any time: the next run goes on.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BufferedRandom
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sora_studio.core.errors import BadInput, StudioError
from sora_studio.core.open_model import OpenModel
from sora_studio.weights import shelf
from sora_studio.weights.catalogue import REPO, open_model
from sora_studio.weights.manifest import Manifest, Part, matches, read_manifest, safe, write_manifest
from sora_studio.weights.reasons import Asked, FetchError, said

if TYPE_CHECKING:
    from typing import BinaryIO

CHUNK = 1 << 20
"""Bytes that are written at once: at most this much of a file is fetched again after a kill."""
LANES = 4
"""Files that are fetched at the same time: one connection rarely fills a fast line."""
MARGIN = 200_000_000
"""Bytes of the drive that stay free: a system on a full drive falls over."""
LOOK = 1.0
"""Seconds between looks at the room that is left."""


@dataclass(frozen=True, slots=True)
class Order:
    """A model, the folder of models it goes into, and a token; None: that of the hub's own login, if any."""

    model: OpenModel
    root: Path
    token: str | None = None


Told = Callable[[int, int, bool], None]
"""Bytes there, of how many, and whether they are being checked. May be called on any thread."""


def fetch(order: Order, told: Told = lambda _there, _of, _checking: None) -> Path:
    """Bring a model here, or the rest of it; returns its folder. Raises FetchError; `told` may raise to stop."""
    repo, root = order.model.repo, order.root
    here = shelf.held(root, repo)
    if here is not None and here.whole and not shelf.missing(here.folder, _known(here)):
        return here.folder
    asked = Asked(repo, page(repo), _has_token(order.token))
    try:
        with _alone(root, repo):
            folder = _prepared(root, repo)
            manifest = read_manifest(folder)
            if manifest is None or manifest.repo != repo:
                manifest = _list(order)
                write_manifest(folder, manifest)
            _Transfer(order, folder, manifest, told).run()
            return _shelved(root, repo, folder)
    except StudioError:
        raise
    except Exception as exc:
        raise said(exc, asked) from exc


def page(repo: str) -> str:
    """The model's page on the hub."""
    return f"{os.environ.get('HF_ENDPOINT', 'https://huggingface.co').rstrip('/')}/{repo}"


def _known(here: shelf.Held) -> Manifest:
    return cast(Manifest, read_manifest(here.folder))


def _has_token(token: str | None) -> bool:
    from huggingface_hub import get_token

    return bool(token or get_token())


@contextlib.contextmanager
def _alone(root: Path, repo: str) -> Iterator[None]:
    """Nobody else fetches the model into the same folder meanwhile. Raises FetchError."""
    from filelock import Timeout
    from huggingface_hub.utils import WeakFileLock  # type: ignore[attr-defined]

    lock = shelf.arriving(root, repo).with_suffix(".lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(WeakFileLock(lock, timeout=0.2))
        except Timeout as exc:
            raise FetchError(
                BadInput("“{repo}” is being fetched by another window already.", repo=repo), "other"
            ) from exc
        yield


def _prepared(root: Path, repo: str) -> Path:
    """The folder that the model arrives in. One that lost files since goes back there."""
    folder, whole = shelf.arriving(root, repo), shelf.held(root, repo)
    if whole is not None and whole.whole:
        shelf.set_back(whole, ())
    target = shelf.home(root, repo)
    if target.exists() and any(target.iterdir()):
        raise FetchError(
            BadInput(
                "There is something at “{folder}” that was not fetched here. Use it as it is, or move it away and try "
                "again.",
                folder=target,
            ),
            "other",
        )
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _shelved(root: Path, repo: str, folder: Path) -> Path:
    """Move the whole model to its place."""
    target = shelf.home(root, repo)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        target.rmdir()  # empty, as was seen before
    os.replace(folder, target)
    return target


def _list(order: Order) -> Manifest:
    """Ask the hub for the present commit and its files."""
    from huggingface_hub import HfApi
    from huggingface_hub.hf_api import RepoFile

    repo = order.model.repo
    api = HfApi(token=order.token, library_name="sora-studio")
    commit = str(api.repo_info(repo).sha)
    files = [one for one in api.list_repo_tree(repo, recursive=True, revision=commit) if isinstance(one, RepoFile)]
    wanted = sorted((one for one in files if order.model.wants(one.path) and safe(one.path)), key=lambda one: one.path)
    parts = tuple(Part(one.path, one.size, one.lfs.sha256 if one.lfs else one.blob_id) for one in wanted)
    if not parts:
        raise FetchError(
            BadInput(
                "“{repo}” holds no files that are read here: only safetensors, GGUF and texts are fetched. Weights as "
                "pickles (.bin, .pt, .ckpt) can run any program when they are opened.",
                repo=repo,
            ),
            "other",
        )
    return Manifest(repo, commit, parts)


class _Transfer:
    """One run over the files that are missing."""

    def __init__(self, order: Order, folder: Path, manifest: Manifest, told: Told) -> None:
        self._order, self._folder, self._manifest, self._told = order, folder, manifest, told
        self._lock = threading.Lock()
        self._there = shelf.there(folder, manifest)
        self._looked = 0.0
        self._stopped: Exception | None = None

    def run(self) -> None:
        """Fetch and check every file that is missing; the first trouble ends it."""
        from huggingface_hub import constants

        # Smaller than the library's ten megabytes, which a kill would lose and a slow line would show late.
        constants.DOWNLOAD_CHUNK_SIZE = CHUNK
        self._check_room()
        self._told(self._there, self._manifest.total, False)
        with ThreadPoolExecutor(LANES, thread_name_prefix="fetch") as lanes:
            for part in shelf.missing(self._folder, self._manifest):
                lanes.submit(self._lane, part)
        if self._stopped is not None:
            raise self._stopped

    def _lane(self, part: Part) -> None:
        """One file; its trouble ends the other lanes, too."""
        try:
            self._bring(part)
        except Exception as exc:  # noqa: BLE001 - raised by `run`
            self._stopped = self._stopped or exc

    def grew(self, count: int) -> None:
        """Bytes of a file have come, or were thrown away again. Raises when the run is over or the drive too full."""
        if self._stopped is not None:
            raise self._stopped
        with self._lock:
            self._there += count
            looks = time.monotonic() - self._looked > LOOK
            self._looked = time.monotonic() if looks else self._looked
        if looks:
            self._check_room()
        self._told(self._there, self._manifest.total, False)

    def _check_room(self) -> None:
        """Raises FetchError when what is to come does not fit."""
        wanted, free = self._manifest.total - self._there + MARGIN, shelf.room(self._folder)
        if wanted > free:
            raise FetchError(shelf.no_room(self._order.root, wanted, free), "room")

    def _bring(self, part: Part) -> None:
        """One file; what arrives damaged is fetched anew, once."""
        for _ in range(2):
            if self._stopped is not None:
                return
            partial = self._folder / (part.path + shelf.INCOMPLETE)
            partial.parent.mkdir(parents=True, exist_ok=True)
            self._get(part, partial)
            self._told(self._there, self._manifest.total, True)
            if matches(partial, part, self._read):
                os.replace(partial, self._folder / part.path)
                return
            partial.unlink()
            self.grew(-part.size)
        raise FetchError(
            BadInput(
                "“{path}” of “{repo}” arrives damaged each time. Go on later, or over another network.",
                path=part.path,
                repo=self._manifest.repo,
            ),
            "damaged",
        )

    def _read(self, count: int) -> None:
        del count
        if self._stopped is not None:
            raise self._stopped

    def _get(self, part: Part, partial: Path) -> None:
        """Let the hub's library fetch what a file lacks."""
        from huggingface_hub import hf_hub_url
        from huggingface_hub.file_download import http_get
        from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

        with partial.open("a+b") as file:
            there = file.seek(0, os.SEEK_END)
            if there > part.size:
                file.truncate(0)
                self.grew(-part.size)
                there = 0
            http_get(
                hf_hub_url(self._manifest.repo, part.path, revision=self._manifest.commit),
                cast("BinaryIO", _Counted(file, self)),
                resume_size=there,
                headers=build_hf_headers(token=self._order.token, library_name="sora-studio"),
                expected_size=part.size,
            )


class _Counted:
    """A file that tells how it grows: all that `http_get` asks of one."""

    def __init__(self, file: BufferedRandom, run: _Transfer) -> None:
        self._file, self._run = file, run

    def write(self, data: bytes) -> int:
        """Append; what was written is on its way to the drive when this returns, so that a kill loses nothing."""
        count = self._file.write(data)
        self._file.flush()
        self._run.grew(count)
        return count

    def seek(self, offset: int, whence: int = 0) -> int:
        """As of files."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """As of files."""
        return self._file.tell()

    def truncate(self, size: int | None = None) -> int:
        """Throw away what is behind the place: a server did not know ranges, and begins anew."""
        after = self._file.tell() if size is None else size
        before = self._file.seek(0, os.SEEK_END)
        self._file.truncate(after)
        self._run.grew(after - before)
        return after


# the process


def main() -> None:
    """Take an order from standard input, fetch, and tell."""
    from huggingface_hub.utils import disable_progress_bars  # type: ignore[attr-defined]

    disable_progress_bars()
    line = sys.stdin.readline()
    threading.Thread(target=_leave_with_the_studio, name="studio", daemon=True).start()
    lock = threading.Lock()

    def say(event: str, **values: Any) -> None:
        with lock:
            sys.stdout.write(json.dumps({"event": event, **values}) + "\n")
            sys.stdout.flush()

    last = [0.0]

    def told(there: int, total: int, checking: bool) -> None:
        if checking or there == total or time.monotonic() - last[0] > 0.1:
            last[0] = time.monotonic()
            say("progress", there=there, total=total, checking=checking)

    try:
        folder = fetch(_ordered(json.loads(line)), told)
    except FetchError as exc:
        say("broken", reason=str(exc), trouble=exc.trouble)
    except StudioError as exc:
        say("broken", reason=str(exc), trouble="other")
    except Exception:  # noqa: BLE001 - the end of the process, where unknown errors become words
        traceback.print_exc()
        say("broken", reason="", trouble="other")
    else:
        say("fetched", folder=str(folder))


def order_line(repo: str, root: Path, token: str | None) -> bytes:
    """An order as the process reads it."""
    return (json.dumps({"repo": repo, "root": str(root), "token": token}) + "\n").encode()


def _ordered(data: dict[str, str | None]) -> Order:
    repo = str(data["repo"])
    if not REPO.fullmatch(repo):
        raise BadInput("“{repo}” is no name of a model on the hub.", repo=repo)
    return Order(open_model(repo), Path(str(data["root"])), data["token"])


def _leave_with_the_studio() -> None:
    """End when the input ends: the studio is gone, or wants the download to rest."""
    while os.read(0, 64):  # not through sys.stdin, which an ending interpreter needs for itself
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
