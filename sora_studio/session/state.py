"""What is open: the project and its folder, undo, selection and playhead, with the signals that tell of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from psygnal import Signal

from sora_studio.core.errors import BadInput, OutputError
from sora_studio.core.language import tr
from sora_studio.core.laying import settled
from sora_studio.core.media_item import MediaItem
from sora_studio.core.project import Project
from sora_studio.core.timeline import Timeline
from sora_studio.session import store
from sora_studio.session.engine_shelf import EngineShelf
from sora_studio.session.history import History
from sora_studio.session.view_store import load_heights
from sora_studio.session.viewing import Viewing
from sora_studio.session.views import Notice
from sora_studio.settings.file import save_settings
from sora_studio.settings.sections import Settings

Post = Callable[[Callable[[], None]], None]
"""Runs a call on the owner thread, soon; may be called from any thread."""


class Undoing:
    """A timeline whose steps can be taken back."""

    _history: History

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._history.undo_text)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return bool(self._history.redo_text)

    @property
    def undo_text(self) -> str:
        """What undo takes back, such as "Trim"; empty when there is nothing."""
        return self._history.undo_text

    @property
    def redo_text(self) -> str:
        """What redo does again; empty when there is nothing."""
        return self._history.redo_text

    def undo(self) -> None:
        """Take the last edit back. Media stay, and jobs go on."""
        if self._history.undo():
            self._touched()

    def redo(self) -> None:
        """Do again what was taken back."""
        if self._history.redo():
            self._touched()

    def _touched(self) -> None:
        """Tell that the project changed, and keep the change."""
        raise NotImplementedError


class OpenProject(Undoing):
    """A project in memory. Everything runs on one owner thread."""

    changed = Signal()
    """The project is another value: timeline, media, name or what can be undone."""
    selection_changed = Signal()
    playhead_moved = Signal(int)
    adjusted = Signal(Settings)
    """Other settings hold."""
    noticed = Signal(object)
    """A Notice."""

    def __init__(self, post: Post, settings: Settings) -> None:
        self.settings = settings
        self._post = post
        self.viewing = Viewing()
        self.engine_shelf = EngineShelf()
        self._name, self._media = tr("Untitled"), dict[str, MediaItem]()
        self._history = History(Timeline())
        self._saved = self.project
        self._selection: tuple[str, ...] = ()
        self._playhead = 0
        self._untitled = True
        self._home = Path()

    def adjust(self, settings: Settings) -> None:
        """Work with other settings from now on and keep them in their file. What cannot be written is told."""
        self.settings = settings
        try:
            save_settings(settings)
        except OutputError as exc:
            self.noticed.emit(Notice("error", str(exc)))
        self.adjusted.emit(settings)

    # what is there

    @property
    def project(self) -> Project:
        """The project as it is now."""
        return Project(self._name, self._history.present, self._media)

    @property
    def timeline(self) -> Timeline:
        """The timeline as it is now."""
        return self._history.present

    @property
    def folder(self) -> Path | None:
        """The folder the artist saved the project in; None until then."""
        return None if self._untitled else self._home

    @property
    def home(self) -> Path:
        """The folder the project lives in, also before it was saved anywhere."""
        return self._home

    @property
    def selection(self) -> tuple[str, ...]:
        """The selected clips, in the order they were selected."""
        return self._selection

    @property
    def playhead(self) -> int:
        """The timeline frame under the playhead."""
        return self._playhead

    @property
    def modified(self) -> bool:
        """Whether something is not saved."""
        return self.project != self._saved

    def item(self, media_id: str) -> MediaItem:
        """A medium of the project; raises BadInput when it is gone."""
        try:
            return self._media[media_id]
        except KeyError as exc:
            raise BadInput("That medium is no longer in the project.") from exc

    def media_path(self, media_id: str) -> Path | None:
        """The file of a medium; None while it is being made or when it is missing."""
        item = self._media.get(media_id)
        return store.media_path(self._home, item) if item else None

    # selection and playhead

    def select(self, *clip_ids: str) -> None:
        """Select these clips and no others."""
        chosen = tuple(dict.fromkeys(clip for clip in clip_ids if self.timeline.has(clip)))
        if chosen != self._selection:
            self._selection = chosen
            self.selection_changed.emit()

    def seek(self, frame: int) -> None:
        """Move the playhead; it may stand behind the last clip."""
        frame = max(0, frame)
        if frame != self._playhead:
            self._playhead = frame
            self.playhead_moved.emit(frame)

    def _edit(self, text: str, timeline: Timeline) -> None:
        """Make one step of undo; dissolves are brought to what the media allow."""
        if self._history.edit(text, settled(timeline, self.project.extent)):
            self._touched()

    def _keep(self, item: MediaItem) -> None:
        """Add or replace a medium; says nothing."""
        self._media = {**self._media, item.id: item}

    def _touched(self) -> None:
        """Tell that the project changed."""
        self.select(*self._selection)
        self.viewing.follow(self._media)
        self.changed.emit()

    def _take(self, project: Project, folder: Path) -> None:
        """Another project is open, as it is saved in a folder."""
        self._name, self._media = project.name, project.media
        self._history = History(project.timeline)
        self._saved = project
        self._selection, self._playhead = (), 0
        self.viewing.reset(load_heights(folder, project.timeline))
        self._home = folder

    def _announce(self) -> None:
        self.selection_changed.emit()
        self.playhead_moved.emit(self._playhead)
        self.changed.emit()
