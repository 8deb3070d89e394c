"""Open models for the artist: what the catalogue offers, what of it is here or on its way, what else is here.

Everything runs on the owner thread; downloads, checks and looks around run beside it and come home by `post`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from psygnal import Signal

from sora_studio.core.errors import BadInput, Cancelled, StudioError
from sora_studio.core.fetching import Broken, Fetched, Fetching, FetchState, Paused, Waiting
from sora_studio.core.language import tr
from sora_studio.core.open_model import OpenModel, gigabytes
from sora_studio.core.weights_file import OnDisk
from sora_studio.engines.families.known import FAMILIES
from sora_studio.jobs.downloads import Downloads
from sora_studio.session.state import Post
from sora_studio.session.views import Notice
from sora_studio.settings.folders import model_folders
from sora_studio.settings.sections import Models
from sora_studio.weights import shelf, tokens
from sora_studio.weights.catalogue import open_model, open_models
from sora_studio.weights.fetch import page
from sora_studio.weights.layout import INDEX
from sora_studio.weights.places import hub_cache, hub_folder
from sora_studio.weights.scan import scan_all


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model of the catalogue as it stands here. `there` of `total` bytes lie in `root`; `runs` says whether an engine
    for it exists, `busy` how its download or check stands. `elsewhere` is where it lies by other ways."""

    model: OpenModel
    runs: bool
    root: Path | None = None
    whole: bool = False
    there: int = 0
    total: int = 0
    busy: FetchState | None = None
    elsewhere: Path | None = None


class ModelShelf:
    """The verbs of the dialog of models. `changed` names the repository, or nothing when all may have changed."""

    changed = Signal(str)
    found_changed = Signal()
    noticed = Signal(object)
    """A Notice."""
    arrived = Signal()
    """A model is here now, or gone: engines are to be looked for again."""

    def __init__(self, post: Post, chosen: Callable[[], Models]) -> None:
        self._post, self._chosen = post, chosen
        self._downloads: Downloads | None = None
        self._checks: dict[str, FetchState] = {}
        self._threads: list[threading.Thread] = []
        self._closed = threading.Event()
        self.found: tuple[OnDisk, ...] = ()
        self.looking = False

    # what there is

    def folders(self) -> tuple[Path, ...]:
        """The folders of models; downloads go into the first unless another is named."""
        chosen = self._chosen()
        return model_folders(chosen.library, chosen.more)

    def room(self, folder: Path) -> int:
        """Free bytes on a folder's drive."""
        return shelf.room(folder)

    def rows(self) -> tuple[ModelRow, ...]:
        """Every model of the catalogue."""
        return tuple(self.row(model.repo) for model in open_models())

    def row(self, repo: str) -> ModelRow:
        """One model; raises BadInput for what is not in the catalogue."""
        model = open_model(repo)
        runs = any(model.pipeline in family.pipelines for family in FAMILIES)
        states = self._downloads.states() if self._downloads else {}
        row = ModelRow(model, runs, busy=self._checks.get(model.repo) or states.get(model.repo))
        held = self._held(model.repo)
        if held is None:
            return replace(row, elsewhere=self._elsewhere(model.repo))
        return replace(row, root=held.root, whole=held.whole, there=held.there, total=held.total)

    def page(self, repo: str) -> str:
        """The model's page on the hub, where its licence stands and access is asked for."""
        return page(repo)

    # verbs

    def get(self, repo: str, root: Path | None = None) -> None:
        """Fetch a model, or what is missing of it; a model that was begun goes on where it lies."""
        row = self.row(repo)
        if row.whole:
            raise BadInput("“{name}” is here already.", name=tr(row.model.title))
        if self._downloads is None:
            self._downloads = Downloads(self._heard)
        self._downloads.start(row.model.repo, row.root or root or self.folders()[0], tokens.saved_token())

    def pause(self, repo: str) -> None:
        """Let a download rest."""
        if self._downloads is not None:
            self._downloads.pause(repo)

    def remove(self, repo: str) -> int:
        """Delete a fetched model, or what was fetched of it. Returns the bytes that are free now."""
        held = shelf.require(self.folders(), repo)
        if self._downloads is not None:
            self._downloads.forget(repo)
        freed = shelf.remove(held)
        words = tr("{name} is removed; {size} are free again.", name=tr(open_model(repo).title), size=gigabytes(freed))
        self._tell(repo, Notice("info", words))
        self.arrived.emit()
        return freed

    def check(self, repo: str) -> None:
        """Read all of a model and compare its hashes, beside the window; damaged files are fetched anew by `get`."""
        held = self._held(repo)
        if held is None or not held.whole:
            raise BadInput("“{name}” is not whole yet. Fetch it first.", name=repo)
        if repo not in self._checks:
            self._checks[repo] = Fetching(0, held.total, checking=True)
            self._run(lambda: self._check(held), "model-check")
            self.changed.emit(repo)

    def save_token(self, token: str) -> None:
        """Keep a token in the system's keyring; an empty one takes it out."""
        if token.strip():
            tokens.save_token(token)
        else:
            tokens.forget_token()
        words = tr("The token is in the keyring.") if token.strip() else tr("The token is out of the keyring.")
        self.noticed.emit(Notice("info", words))

    def look_around(self) -> None:
        """Read what lies in the folders of models and in the hub's cache, beside the window."""
        if not self.looking:
            self.looking = True
            folders = self.folders()
            self._run(lambda: self._look(folders), "model-scan")
            self.found_changed.emit()

    def close(self) -> None:
        """End downloads, checks and looks; what was fetched stays."""
        self._closed.set()
        if self._downloads is not None:
            self._downloads.close()
        for thread in self._threads:
            thread.join()

    # how it goes

    def _held(self, repo: str) -> shelf.Held | None:
        """A model in any folder; a whole one before others."""
        return shelf.find(self.folders(), repo)

    def _elsewhere(self, repo: str) -> Path | None:
        """A folder with the model that came by other ways: put there by hand, or by other programs of the hub."""
        by_hand = (root / repo for root in self.folders() if (root / repo / INDEX).is_file())
        return next(by_hand, None) or hub_folder(hub_cache(), repo)

    def _run(self, act: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=act, name=name, daemon=True)
        self._threads = [*(old for old in self._threads if old.is_alive()), thread]
        thread.start()

    def _heard(self, repo: str, state: FetchState) -> None:
        self._post(lambda: self._on_state(repo, state))

    def _on_state(self, repo: str, state: FetchState) -> None:
        title = tr(open_model(repo).title)
        match state:
            case Fetched():
                self._tell(repo, Notice("info", tr("{name} is here. Choose it as the engine of a clip.", name=title)))
                self.arrived.emit()
            case Broken(reason):
                self._tell(repo, Notice("error", reason))
            case Waiting() | Fetching() | Paused():
                self.changed.emit(repo)

    def _tell(self, repo: str, notice: Notice) -> None:
        self.changed.emit(repo)
        self.noticed.emit(notice)

    def _check(self, held: shelf.Held) -> None:
        """On a thread of its own."""
        read, told = 0, 0

        def heard(count: int) -> None:
            nonlocal read, told
            if self._closed.is_set():
                raise Cancelled("The studio ends.")
            read += count
            if read - told > held.total // 100:
                told, state = read, Fetching(read, held.total, checking=True)
                self._post(lambda: self._on_check(held.repo, state))

        try:
            bad = shelf.check(held, heard)
            if bad:
                shelf.set_back(held, bad)
        except Cancelled:
            return
        except (StudioError, OSError) as exc:
            words = str(exc)
            self._post(lambda: self._checked(held.repo, Notice("error", words)))
            return
        name = tr(open_model(held.repo).title)
        notice = (
            Notice("error", tr("{name} is damaged: {files}. Fetch it again; only that comes anew.", name=name,
                               files=", ".join(bad[:3])))
            if bad
            else Notice("info", tr("{name} is sound: every file is as the hub lists it.", name=name))
        )  # fmt: skip
        self._post(lambda: self._checked(held.repo, notice))

    def _on_check(self, repo: str, state: FetchState) -> None:
        if repo in self._checks:
            self._checks[repo] = state
            self.changed.emit(repo)

    def _checked(self, repo: str, notice: Notice) -> None:
        self._checks.pop(repo, None)
        self._tell(repo, notice)
        self.arrived.emit()

    def _look(self, folders: tuple[Path, ...]) -> None:
        """On a thread of its own."""
        found = tuple(scan_all(folders, self._closed.is_set))
        if not self._closed.is_set():
            self._post(lambda: self._looked(found))

    def _looked(self, found: tuple[OnDisk, ...]) -> None:
        self.found, self.looking = found, False
        self.found_changed.emit()
