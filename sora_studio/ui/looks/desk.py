"""What can be done with looks: make, change, copy, delete, send and take in, give them a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMenu, QWidget

from sora_studio.core.errors import BadInput, StudioError
from sora_studio.core.language import mark, tr
from sora_studio.core.looks import PLACE, Look
from sora_studio.core.request import Frames
from sora_studio.media.decode import VideoReader
from sora_studio.media.export import frame_at
from sora_studio.session.look_making import card_picture, look_of_lora, look_of_picture
from sora_studio.session.session import Notice, Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.dialogs.files import FileChooser
from sora_studio.ui.looks.editor import LookEditor
from sora_studio.ui.panels.draft_state import DraftState
from sora_studio.ui.theme import icon

KINDS = mark("Looks (*.json)")


class LookDesk(QObject):
    """Verbs on looks; what fails becomes a notice. `removed` tells of a look that was deleted, to offer it back."""

    removed = Signal(object)

    def __init__(self, session: Session, draft: DraftState, chooser: FileChooser, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._draft, self._chooser, self._parent = session, draft, chooser, parent
        self.editor: LookEditor | None = None

    def choose(self, name: str) -> None:
        """Tell what is made in a look from now on; it brings how much of a clip it keeps."""
        if not name:
            self._draft.update(look="")
            return
        attempt(self._session, lambda: self._draft.update(look=name, strength=self._session.lookbook.find(name).keep))

    def make(self) -> None:
        """A new look, in the editor."""
        self._edit(Look("new-look", tr("New look"), f"{PLACE}, "), fresh=True)

    def of_picture(self, path: Path) -> None:
        """A new look of a picture, in the editor."""
        attempt(self._session, lambda: self._edit(look_of_picture(path), fresh=True))

    def of_lora(self, path: Path) -> None:
        """A new look of a LoRA file, in the editor."""
        attempt(self._session, lambda: self._edit(look_of_lora(path), fresh=True))

    def edit(self, name: str) -> None:
        """Change a look of one's own."""
        attempt(self._session, lambda: self._edit(self._session.lookbook.find(name), fresh=False))

    def duplicate(self, name: str) -> None:
        """A copy of a look, in the editor."""

        def copy() -> None:
            look = self._session.lookbook.duplicate(name)
            self.choose(look.name)
            self._edit(look, fresh=False)

        attempt(self._session, copy)

    def remove(self, name: str) -> None:
        """Delete a look of one's own; it can be brought back from the notice."""

        def away() -> None:
            look = self._session.lookbook.remove(name)
            if self._draft.value.look == name:
                self.choose("")
            self.removed.emit(look)

        attempt(self._session, away)

    def restore(self, look: Look) -> None:
        """Bring back a look that was deleted."""
        attempt(self._session, lambda: self._session.lookbook.keep(look))

    def take(self, paths: Iterable[Path]) -> None:
        """Take look files in and choose the last one; each that is none is told."""
        for path in paths:
            try:
                look = self._session.lookbook.take(path)
            except StudioError as exc:
                self._session.noticed.emit(Notice("error", str(exc)))
                continue
            self.choose(look.name)
            self._session.noticed.emit(Notice("info", tr("The look “{title}” is among your looks.", title=look.title)))

    def ask_for_file(self) -> None:
        """Ask for look files and take them in."""
        self.take(self._chooser.open_files(self._parent, tr("Import looks"), tr(KINDS)))

    def export(self, name: str) -> None:
        """Ask where to write a look's file."""
        path = self._chooser.save_file(self._parent, tr("Export the look"), Path.home() / f"{name}.json", tr(KINDS))
        if path is not None:
            path = path if path.suffix else path.with_suffix(".json")
            if attempt(self._session, lambda: self._session.lookbook.give(name, path)):
                self._session.noticed.emit(
                    Notice("info", tr("{name} is written. It can be sent as it is.", name=path.name))
                )

    def show_folder(self) -> None:
        """Open the folder of one's own looks."""
        folder = self._session.lookbook.folder
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def picture_from_monitor(self, name: str) -> None:
        """The frame under the playhead becomes the card's picture."""

        def put() -> None:
            look = self._session.lookbook.find(name)
            self._session.lookbook.keep(replace(look, picture=card_picture(self.frame())))

        attempt(self._session, put)

    def paint(self, name: str) -> None:
        """Let the model paint the card's picture."""
        attempt(self._session, lambda: self._session.paint_look(name, self._draft.value))

    def frame(self) -> Frames:
        """The frame (H, W, 3) under the playhead; raises BadInput when there is none."""
        session = self._session
        found = frame_at(session.timeline, session.playhead)
        path = session.media_path(found[0].media) if found else None
        if found is None or path is None:
            raise BadInput(tr("There is no picture under the playhead. Move it onto a clip."))
        with VideoReader(path) as reader:
            return reader.at(found[1])

    def menu(self, name: str) -> QMenu:
        """What can be done with a look."""
        own = self._session.lookbook.is_own(name)
        menu = QMenu(self._parent)
        menu.setObjectName("lookMenu")
        entries: tuple[tuple[str, str, Callable[[str], object], bool] | None, ...] = (
            (mark("Use it"), "check", self.choose, True),
            None,
            (mark("Edit…"), "pencil", self.edit, own),
            (mark("Duplicate…"), "copy", self.duplicate, True),
            (mark("Picture from the monitor"), "image", self.picture_from_monitor, own),
            (mark("Let the model paint its picture"), "sparkles", self.paint, own),
            None,
            (mark("Export…"), "upload", self.export, True),
            (mark("Show the folder of looks"), "folder-open", lambda _name: self.show_folder(), True),
            None,
            (mark("Delete"), "trash-2", self.remove, own),
        )
        for entry in entries:
            if entry is None:
                menu.addSeparator()
                continue
            text, glyph, act, enabled = entry
            action = menu.addAction(icon(glyph, "dim"), text)
            action.setEnabled(enabled)
            action.triggered.connect(lambda _on, act=act: act(name))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _edit(self, look: Look, *, fresh: bool) -> None:
        if not fresh and not self._session.lookbook.is_own(look.name):
            raise BadInput(
                tr("“{title}” is shipped with the studio. Duplicate it and change the copy.", title=look.title)
            )
        if self.editor is not None:
            self.editor.close()
        self.editor = LookEditor(look, self._chooser, self._parent)
        self.editor.frame = self.frame
        self.editor.saved.connect(lambda made: self._saved(made, fresh=fresh))
        self.editor.finished.connect(lambda _code: self._closed())
        self.editor.show()

    def _saved(self, look: Look, *, fresh: bool) -> None:
        book, editor = self._session.lookbook, self.editor
        try:
            kept = book.add(look) if fresh else book.keep(look)
        except StudioError as exc:
            if editor is not None:
                editor.complain(str(exc))
            return
        self.choose(kept.name)
        if editor is not None:
            editor.accept()

    def _closed(self) -> None:
        if self.editor is not None:
            self.editor.deleteLater()
            self.editor = None
