"""What can be done with the chosen media: each an action with a key, for the menu, the keyboard and the palette."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from sora_studio.core.language import tr
from sora_studio.core.library import kind_of
from sora_studio.core.media_item import MediaItem, Ready
from sora_studio.session.session import Notice, Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.panels.draft_state import DraftState
from sora_studio.ui.theme import icon


@dataclass(frozen=True, slots=True)
class Entry:
    """A command of the library; `rule` puts a line above it in the menu."""

    name: str
    text: str
    glyph: str = ""
    keys: tuple[str, ...] = ()
    rule: bool = False


ENTRIES = (
    Entry("library_add", "Add to the timeline", "plus", ("Return", "Enter")),
    Entry("library_look", "Open in the monitor", "play", ("Space",)),
    Entry("library_first", "Use as first image", "image-plus", rule=True),
    Entry("library_last", "Use as last image", "image-plus"),
    Entry("library_recipe", "Restore its recipe", "rotate-ccw", ("Ctrl+Shift+R",)),
    Entry("library_similar", "Find similar", "search", ("Ctrl+Shift+F",)),
    Entry("library_star", "Star", "star", ("*",), rule=True),
    Entry("library_rename", "Rename", "pencil", ("F2",)),
    Entry("library_reveal", "Show in folder", "folder-open", ("Ctrl+Shift+E",)),
    Entry("library_locate", "Locate the file…", "folder-search", rule=True),
    Entry("library_locate_folder", "Look for missing media in a folder…", "folder-search"),
    Entry("library_remove", "Remove from the project", "trash-2", ("Del", "Backspace"), rule=True),
)


class LibraryCommands(QObject):
    """Acts on what `chosen` gives; actions are enabled as fits it."""

    def __init__(self, session: Session, draft: DraftState, chosen: Callable[[], list[MediaItem]], owner: QWidget):
        super().__init__(owner)
        self._session, self._draft, self._chosen = session, draft, chosen
        self.take_over: Callable[[str], None] = lambda _media: None
        """Puts the recipe of a medium into the draft."""
        self.removed: Callable[[list[MediaItem]], None] = lambda _items: None
        """Told of media that were taken out, to offer them back."""
        self.is_missing: Callable[[MediaItem], bool] = lambda _item: False
        self._actions = {entry.name: self._make(entry, owner) for entry in ENTRIES}
        self._on("library_add", self.add)
        self._on("library_look", self.look)
        self._on("library_first", lambda: self._give("first"))
        self._on("library_last", lambda: self._give("last"))
        self._on("library_recipe", lambda: self.take_over(self._chosen()[0].id))
        self._on("library_star", self.star)
        self._on("library_reveal", self.reveal)
        self._on("library_remove", self.remove)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def all(self) -> list[QAction]:
        """Every command, in the order of the menu."""
        return list(self._actions.values())

    def menu(self, parent: QWidget) -> QMenu:
        """The commands that fit what is chosen."""
        self.refresh()
        menu = QMenu(parent)
        menu.setObjectName("libraryMenu")
        for entry in ENTRIES:
            action = self._actions[entry.name]
            if entry.rule:
                menu.addSeparator()
            if action.isEnabled():
                menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def refresh(self) -> None:
        """Enable what fits the chosen media."""
        items = self._chosen()
        one = items[0] if len(items) == 1 else None
        ready = [item for item in items if isinstance(item.state, Ready) and not self.is_missing(item)]
        there = one is not None and ready == [one]
        for name, enabled in {
            "library_add": bool(ready),
            "library_look": there,
            "library_first": there and one is not None and kind_of(one) != "sound",
            "library_last": there and one is not None and kind_of(one) == "image",
            "library_recipe": one is not None and one.generated_from is not None,
            "library_similar": there,
            "library_star": bool(items),
            "library_rename": one is not None,
            "library_reveal": there,
            "library_locate": one is not None and self.is_missing(one),
            "library_locate_folder": any(self.is_missing(item) for item in items),
            "library_remove": bool(items),
        }.items():
            self._actions[name].setEnabled(enabled)
        starred = bool(items) and all(item.starred for item in items)
        self._actions["library_star"].setText(tr("Take the star away") if starred else tr("Star"))

    def add(self) -> None:
        """Put the chosen media behind the last clip of the first track, in their order."""
        session = self._session
        clips = []
        for item in self._chosen():
            if isinstance(item.state, Ready):
                clips.append(session.place(item.id, 0, session.timeline.tracks[0].stop))
        session.select(*clips)
        if clips:
            session.seek(session.timeline.find(clips[0])[1].start)

    def look(self) -> None:
        """Show the chosen medium in the monitor."""
        viewing = getattr(self._session, "viewing", None)
        if viewing is not None:
            viewing.look_at(self._chosen()[0].id)

    def star(self) -> None:
        """Star the chosen media, or take the stars away when all have one."""
        items = self._chosen()
        self._session.star(*(item.id for item in items), on=not all(item.starred for item in items))

    def reveal(self) -> None:
        """Open the folder of the chosen medium."""
        path = self._session.media_path(self._chosen()[0].id)
        if path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    def remove(self, *, with_clips: bool = False) -> None:
        """Take the chosen media out of the project; those on the timeline stay and it is said why."""
        session, gone = self._session, []
        for item in self._chosen():
            if attempt(session, lambda item=item: session.remove_media(item.id, with_clips=with_clips)):  # type: ignore[misc]
                gone.append(item)
        if gone:
            self.removed(gone)

    def _give(self, field: str) -> None:
        path = self._session.media_path(self._chosen()[0].id)
        if path is None:
            name = self._chosen()[0].name
            self._session.noticed.emit(
                Notice("error", tr("The file of “{name}” is missing. Locate it first.", name=name))
            )
        else:
            self._draft.update(**{field: path})

    def _on(self, name: str, act: Callable[[], object]) -> None:
        self._actions[name].triggered.connect(lambda _checked: self._chosen() and act())

    def _make(self, entry: Entry, owner: QWidget) -> QAction:
        action = QAction(tr(entry.text), owner)
        action.setObjectName(f"action-{entry.name}")
        action.setShortcuts([QKeySequence(key) for key in entry.keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        if entry.glyph:
            action.setIcon(icon(entry.glyph, "dim"))
        return action

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())
