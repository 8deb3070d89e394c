"""The library panel: search, filter, tiles, and a line about what is chosen. Follows the session's media."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from psygnal import SignalInstance
from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from sora_studio.core.language import tr
from sora_studio.core.library import Shelf, chosen
from sora_studio.core.media_item import MediaItem
from sora_studio.core.time import Size
from sora_studio.session.carried import IMAGES, VIDEOS
from sora_studio.session.intake import SOUNDS
from sora_studio.session.session import Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.dialogs.files import FileChooser
from sora_studio.ui.library.chips import ShelfChips
from sora_studio.ui.library.commands import LibraryCommands
from sora_studio.ui.library.detail import Detail
from sora_studio.ui.library.empty import EmptyShelf
from sora_studio.ui.library.faces import Faces
from sora_studio.ui.library.finding import Finder
from sora_studio.ui.library.found_note import FoundNote
from sora_studio.ui.library.intake import Intake
from sora_studio.ui.library.locate import Locator
from sora_studio.ui.library.model import LibraryModel
from sora_studio.ui.library.thumbs import TileThumbs
from sora_studio.ui.library.tile import TileDelegate
from sora_studio.ui.library.view import LibraryView
from sora_studio.ui.panels.controls import row, tool_button
from sora_studio.ui.panels.draft_state import DraftState

PICTURE = Size(256, 144)
"""Pixels of a tile's picture, at a pixel ratio of 1 to 2."""
TYPING_MS = 120
"""How long the search waits for the next letter."""


class LibraryPanel(QWidget):
    """Tiles of the project's media."""

    def __init__(
        self, session: Session, draft: DraftState, chooser: FileChooser, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("libraryPanel")
        self.setAccessibleName(tr("Library"))
        self._session, self._chooser = session, chooser
        self.thumbs = TileThumbs(PICTURE, self)
        self.intake = Intake(session, self)
        self.locator = Locator(session, chooser, self)
        self.finder = Finder(session, self)
        self.faces = Faces(session, self.thumbs)
        self.model = LibraryModel(self.faces.describe, self)
        self.view = LibraryView(self)
        self.view.setModel(self.model)
        tiles = TileDelegate(self.model.item, self.view)
        tiles.look = self.faces.look
        self.view.setItemDelegate(tiles)
        self.commands = LibraryCommands(session, draft, self.chosen, self)
        self.search = QLineEdit()
        self.meaning = tool_button("libraryMeaning", "sparkles", "Search by meaning", checkable=True)
        self.note = FoundNote()
        self.importer = tool_button("libraryImport", "import", "Import media…")
        self.shelves = ShelfChips()
        self.empty = EmptyShelf()
        self.detail = Detail(session, self.commands)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._lay_out()
        self._wire()
        self.follow()

    def _lay_out(self) -> None:
        self.search.setObjectName("librarySearch")
        self.search.setAccessibleName(tr("Search the library"))
        self.search.setPlaceholderText(tr("Search names and prompts"))
        self.search.setClearButtonEnabled(True)
        for clear in self.search.findChildren(QToolButton):
            clear.setObjectName("librarySearchClear")
            clear.setAccessibleName(tr("Clear the search"))
        self.pages = QStackedWidget()
        self.pages.setMinimumHeight(60)  # a small window has more to show than the words of an empty page
        self.pages.addWidget(self.view)
        self.pages.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(9, 8, 7, 7)
        column.setSpacing(6)
        column.addLayout(row(self.search, self.meaning, self.importer, gap=2))
        column.addWidget(self.shelves)
        column.addWidget(self.note)
        column.addWidget(self.pages, 1)
        column.addWidget(self.detail)

    def _wire(self) -> None:
        for action in self.commands:
            self.view.addAction(action)
        self.commands.is_missing = self.faces.is_missing
        self.commands["library_rename"].triggered.connect(lambda _on: self.view.edit(self.view.currentIndex()))
        self.commands["library_locate"].triggered.connect(lambda _on: self.locator.ask_file(self.chosen()[0]))
        self.commands["library_locate_folder"].triggered.connect(lambda _on: self.locator.ask_folder())
        self.locator.found.connect(lambda _media: self.look_again())
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self._typing.timeout.connect(self._typed)
        self.meaning.toggled.connect(self._by_meaning)
        self.finder.changed.connect(self.follow)
        self.note.closed.connect(self.show_everything)
        self.commands["library_similar"].triggered.connect(lambda _on: self._similar())
        self.shelves.chosen.connect(lambda _shelf: self.follow())
        self.importer.clicked.connect(self.import_files)
        self.empty.acted.connect(self._act)
        self.view.menu_asked.connect(self._menu)
        self.view.holds.connect(self.thumbs.set_seen)
        self.view.doubleClicked.connect(lambda _index: self.commands.look())
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._chosen_changed())
        self.view.verticalScrollBar().valueChanged.connect(lambda _at: self.thumbs.rest())
        self.thumbs.ready.connect(self._picture_came)
        self.intake.progressed.connect(self.detail.progress)
        self.intake.taken.connect(self._taken)
        self.model.renamed.connect(self._rename)
        self.commands.removed = self._removed
        for signal, slot in self._slots():
            signal.connect(slot)

    def _slots(self) -> tuple[tuple[SignalInstance, Callable[..., object]], ...]:
        session = self._session
        return ((session.changed, self.follow), (session.previewed, self._previewed))

    # -- for the window ----------------------------------------------------------------------------------------

    def actions_list(self) -> list[QAction]:
        """Every command of the library."""
        return self.commands.all()

    def chosen(self) -> list[MediaItem]:
        """The chosen media, in the order of the tiles."""
        rows = sorted(index.row() for index in self.view.selectedIndexes())
        return [self.model.items()[at] for at in rows]

    def choose(self, *media_ids: str) -> None:
        """Choose media and bring the first into sight, whatever filter is set."""
        if any(not self.model.row_of(media_id).isValid() for media_id in media_ids):
            self.show_everything()
        self.view.clearSelection()
        indexes = [index for index in map(self.model.row_of, media_ids) if index.isValid()]
        for index in indexes:
            self.view.selectionModel().select(index, self.view.selectionModel().SelectionFlag.Select)
        if indexes:
            self.view.selectionModel().setCurrentIndex(indexes[0], self.view.selectionModel().SelectionFlag.NoUpdate)
            self.view.scrollTo(indexes[0])

    def show_everything(self) -> None:
        """Neither filter nor search."""
        self.search.clear()
        self.finder.stop()
        self.shelves.select(Shelf.ALL)
        self.follow()

    def find_similar(self, path: Path, name: str = "") -> None:
        """Show what looks like a picture or video, the nearest first."""
        self.shelves.select(Shelf.ALL)
        self.finder.picture(path, name)

    def look_again(self) -> None:
        """Read the pictures of what could not be read before."""
        self.thumbs.forget_problems()
        self.view.viewport().update()
        self._chosen_changed()

    def import_files(self) -> None:
        """Ask for files and take them in."""
        kinds = " ".join(f"*{kind}" for kind in sorted(VIDEOS | IMAGES | SOUNDS))
        paths = self._chooser.open_files(
            self, tr("Import media"), tr("Pictures, videos and sounds ({kinds})", kinds=kinds)
        )
        if paths:
            self.intake.take(paths)

    def shutdown(self) -> None:
        """Let go of the session and end the reading."""
        for signal, slot in self._slots():
            signal.disconnect(slot, missing_ok=True)
        self._typing.stop()
        self.finder.stop()
        self.thumbs.close()

    # -- what is shown -----------------------------------------------------------------------------------------

    def follow(self) -> None:
        """Bring the tiles to the session's media, filter and search."""
        media = self._session.project.media
        before = [item.id for item in self.chosen()]
        if self.finder.order is None:
            words = "" if self.meaning.isChecked() else self.search.text()
            shown = chosen(media.values(), self.shelves.shelf, words)
        else:
            found = (media[one] for one in self.finder.order if one in media)
            shown = tuple(item for item in found if self.shelves.shelf.holds(item))
        self.model.show(shown)
        self.note.say(self.finder.note)
        after = {item.id for item in self.chosen()}
        lost = [media_id for media_id in before if media_id not in after and self.model.row_of(media_id).isValid()]
        for media_id in lost:  # rows were reset
            self.view.selectionModel().select(
                self.model.row_of(media_id), self.view.selectionModel().SelectionFlag.Select
            )
        self._say_empty(bool(media))
        self._chosen_changed()

    def _say_empty(self, any_media: bool) -> None:
        shown = bool(self.model.items())
        self.pages.setCurrentIndex(0 if shown else 1)
        if shown:
            return
        if not any_media:
            self.empty.say(
                "images",
                tr("No media yet"),
                tr("Drop pictures and videos here. What you generate comes here too."),
                tr("Import…"),
            )
        elif self.shelves.shelf is Shelf.STARRED and not self.search.text():
            self.empty.say(
                "star", tr("No stars yet"), tr("Choose a tile and press * to give it a star."), tr("Show everything")
            )
        else:
            self.empty.say(
                "search-x", tr("Nothing matches"), tr("No medium has these words on this shelf."), tr("Show everything")
            )

    def _act(self) -> None:
        if self._session.project.media:
            self.show_everything()
        else:
            self.import_files()

    def _menu(self, place: QPoint) -> None:
        self.commands.menu(self).popup(place)

    def _chosen_changed(self) -> None:
        self.commands.refresh()
        self.detail.show_media(self.chosen(), len(self.model.items()))

    def _typed(self) -> None:
        if self.meaning.isChecked():
            self.finder.words(self.search.text())
        self.follow()

    def _by_meaning(self, on: bool) -> None:
        placeholder = tr("Say what it shows") if on else tr("Search names and prompts")
        self.search.setPlaceholderText(placeholder)
        if not on:
            self.finder.stop()
        self._typed()

    def _similar(self) -> None:
        item = self.chosen()[0]
        path = self._session.media_path(item.id)
        if path is not None:
            self.find_similar(path, item.name)

    def _rename(self, media_id: str, name: str) -> None:
        attempt(self._session, lambda: self._session.rename(media_id, name))

    def _removed(self, items: list[MediaItem]) -> None:
        words = (
            tr("Removed “{name}”", name=items[0].name)
            if len(items) == 1
            else tr("Removed {count} media", count=len(items))
        )
        self.detail.ask(words, tr("Undo"), lambda: self._session.restore_media(*(item.id for item in items)))

    def _picture_came(self, media_id: str) -> None:
        self.model.refresh(media_id)
        if any(item.id == media_id for item in self.chosen()):
            self._chosen_changed()

    def _previewed(self, media_id: str, _preview: object) -> None:
        self.model.refresh(media_id)

    def _taken(self, media_ids: list[str]) -> None:
        self.detail.progress(0, 0)
        if media_ids:
            self.choose(*media_ids)
