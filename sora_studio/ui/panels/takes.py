"""The takes of the selected clip side by side: show one, star it, delete it, compare it, make more of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QScrollArea, QWidget

from sora_studio.core.language import tr
from sora_studio.core.media_item import MediaItem, Pending, Ready
from sora_studio.session.meaning import Found, Take
from sora_studio.session.session import Notice, Session
from sora_studio.ui.async_jobs import spawn
from sora_studio.ui.attempt import attempt
from sora_studio.ui.monitor.picture import to_image
from sora_studio.ui.panels.controls import Card, label, push_button, row, tool_button
from sora_studio.ui.panels.own_keys import claims
from sora_studio.ui.pictures import cover, picture_of
from sora_studio.ui.theme import colour, icon, tabular

MORE = 4
"""Takes that "More takes" makes."""
SIZE = QSize(84, 50)


class TakeTile(QAbstractButton):
    """One take: its first frame, its number, its star and how it ranks."""

    starred = Signal(str)
    removed = Signal(str)

    def __init__(self, media: str) -> None:
        super().__init__()
        self.media = media
        self.setObjectName("takeTile")
        self.setCheckable(True)
        self.setFixedSize(SIZE)
        self.setProperty("takesDelete", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._path: Path | None = None
        self._image: QImage | None = None
        self._number, self._star, self._rank, self._pending = 1, False, 0, False

    def sizeHint(self) -> QSize:
        """The size of all takes."""
        return SIZE

    def show_take(self, item: MediaItem, number: int, path: Path | None, rank: int) -> None:
        """Follow a take; `rank` is its place among all, 0 where that is not known."""
        self._number, self._star, self._rank = number, item.starred, rank
        self._pending = isinstance(item.state, Pending)
        words = [tr("Take {number}", number=number)]
        words += [tr("starred")] if item.starred else []
        if not isinstance(item.state, Ready):
            words.append(tr("being made") if self._pending else tr("could not be made"))
        words += [tr("number {rank} by the prompt", rank=rank)] if rank else []
        self.setAccessibleName(", ".join(words))
        self.setToolTip(tr("{list}. S stars it, Delete takes it away", list=", ".join(words)))
        if path is not None and path != self._path:
            self._path = path
            spawn(self._read(path), lambda _error: None)
        self.update()

    def show_preview(self, image: QImage) -> None:
        """How it looks while it is made."""
        if self._path is None:
            self._image = image
            self.update()

    async def _read(self, path: Path) -> None:
        image = await asyncio.to_thread(picture_of, path, 168)
        if path == self._path:
            self._image = image
            self.update()

    def event(self, event: QEvent) -> bool:
        """S belongs to the take while it has the focus, not to the window's commands."""
        return claims(event, (Qt.Key.Key_S,)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """S stars it, Delete takes it away."""
        match event.key():
            case Qt.Key.Key_S:
                self.starred.emit(self.media)
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.removed.emit(self.media)
            case _:
                super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Picture, number, star, and a bright border around the one that is shown."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("surround"))
        painter.drawRoundedRect(frame, 5, 5)
        if self._image is not None:
            cover(painter, frame, self._image, 5)
        elif self._pending:
            middle = self.rect().center()
            icon("loader", "faint").paint(painter, middle.x() - 8, middle.y() - 8, 16, 16)
        painter.setFont(tabular(11))
        pill = QRectF(frame.left() + 3, frame.bottom() - 18, 16, 15)
        painter.setBrush(colour("bg", 0.85))
        painter.drawRoundedRect(pill, 4, 4)
        painter.setPen(colour("text"))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, str(self._number))
        if self._rank == 1:
            icon("trophy", "warn").paint(painter, round(frame.right()) - 18, round(frame.bottom()) - 18, 14, 14)
        if self._star:
            icon("star", "warn").paint(painter, round(frame.right()) - 18, round(frame.top()) + 4, 14, 14)
        lit = self.hasFocus() or self.underMouse()
        if self.isChecked() or lit:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour("accent" if self.isChecked() else "line2"), 2 if self.isChecked() else 1.5))
            painter.drawRoundedRect(frame, 5, 5)
        if self.hasFocus():
            painter.setPen(QPen(colour("accent2"), 1, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(frame.adjusted(2.5, 2.5, -2.5, -2.5), 4, 4)
        painter.end()


class TakesCard(Card):
    """Seen while one clip is selected that has, or can have, takes."""

    def __init__(self, session: Session) -> None:
        self.count = label("", "faint", "takesCount")
        super().__init__("Takes", "takesCard", self.count)
        self._session = session
        self._clip = ""
        self.tiles: list[TakeTile] = []
        self._ranks: dict[str, int] = {}
        self._group = QButtonGroup(self)
        self._strip = QWidget()
        self._line = QHBoxLayout(self._strip)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(4)
        self._line.addStretch(1)
        self._area = QScrollArea()
        self._area.setObjectName("takesArea")
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFixedHeight(SIZE.height() + 12)
        self._area.setWidget(self._strip)
        self.more = push_button("moreTakes", tr("{count} more", count=MORE), "shuffle")
        self.more.setToolTip(tr("Make four more takes with other seeds; they stay on the clip"))
        self.star = tool_button("starTake", "star", "Star this take")
        self.remove = tool_button("removeTake", "trash-2", "Delete this take")
        self.compare = tool_button("compareTakes", "columns-2", "Compare with the take before")
        self.rank = tool_button("rankTakes", "trophy", "Which take shows the prompt best?")
        self.body.addWidget(self._area)
        self.body.addLayout(row(self.more, None, self.rank, self.compare, self.star, self.remove, gap=2))
        self._wire()
        self.follow()

    def _wire(self) -> None:
        session = self._session
        self._group.idClicked.connect(self._show)
        self.more.clicked.connect(lambda: self._do(lambda: session.vary(self._clip, MORE)))
        self.star.clicked.connect(lambda: self._star(self._shown()))
        self.remove.clicked.connect(lambda: self._remove(self._shown()))
        self.compare.clicked.connect(self._compare)
        self.rank.clicked.connect(self._ask_ranks)
        session.changed.connect(self.follow)
        session.selection_changed.connect(self.follow)
        session.previewed.connect(self._previewed)

    def follow(self) -> None:
        """Show the takes of the selected clip."""
        session = self._session
        chosen = session.selection
        clip = chosen[0] if len(chosen) == 1 and session.timeline.has(chosen[0]) else ""
        takes = session.takes(clip) if clip else ()
        made = any(item.generated_from is not None and isinstance(item.state, Ready) for item in takes)
        self.setVisible(len(takes) > 1 or made)
        if clip != self._clip:
            self._clip, self._ranks = clip, {}
        if [tile.media for tile in self.tiles] != [item.id for item in takes]:
            self._rebuild(takes)
        shown = session.timeline.find(clip)[1].media if clip else ""
        for number, (tile, item) in enumerate(zip(self.tiles, takes, strict=True), 1):
            tile.setChecked(item.id == shown)
            tile.show_take(item, number, session.media_path(item.id), self._ranks.get(item.id, 0))
        self._show_buttons(takes, shown)

    def _show_buttons(self, takes: tuple[MediaItem, ...], shown: str) -> None:
        place = next((number for number, item in enumerate(takes, 1) if item.id == shown), 0)
        self.count.setText(tr("{place} of {count}", place=place, count=len(takes)) if len(takes) > 1 else "")
        item = takes[place - 1] if place else None
        self.more.setEnabled(item is not None and item.generated_from is not None)
        self.star.setEnabled(item is not None)
        starred = item is not None and item.starred
        self.star.setIcon(icon("star-filled", "warn") if starred else icon("star"))
        self.star.setToolTip(tr("Take the star away") if starred else tr("Star this take"))
        self.star.setAccessibleName(self.star.toolTip())
        for button in (self.remove, self.compare):
            button.setEnabled(len(takes) > 1)
        self.rank.setVisible(self._session.meaning.pictures_known)
        self.rank.setEnabled(sum(isinstance(one.state, Ready) for one in takes) > 1)

    def _rebuild(self, takes: tuple[MediaItem, ...]) -> None:
        known = {tile.media: tile for tile in self.tiles}
        for tile in self.tiles:
            self._group.removeButton(tile)
            self._line.removeWidget(tile)
        self.tiles = [known.pop(item.id) if item.id in known else self._tile(item.id) for item in takes]
        for gone in known.values():
            gone.hide()
            gone.deleteLater()
        for place, tile in enumerate(self.tiles):
            self._group.addButton(tile, place)
            self._line.insertWidget(place, tile)

    def _tile(self, media: str) -> TakeTile:
        tile = TakeTile(media)
        tile.starred.connect(self._star)
        tile.removed.connect(self._remove)
        preview = self._session.live_preview(media)
        if preview is not None:
            tile.show_preview(to_image(preview.frames[0]))
        return tile

    def _previewed(self, media: str, preview: object) -> None:
        frames = getattr(preview, "frames", None)
        for tile in self.tiles:
            if tile.media == media and frames is not None:
                tile.show_preview(to_image(frames[0]))

    def _show(self, place: int) -> None:
        self._do(lambda: self._session.show_take(self._clip, self.tiles[place].media))

    def _shown(self) -> str:
        return next((tile.media for tile in self.tiles if tile.isChecked()), "")

    def _star(self, media: str) -> None:
        self._do(lambda: self._session.star(media, on=not self._session.item(media).starred))

    def _remove(self, media: str) -> None:
        self._do(lambda: self._session.drop_take(self._clip, media))

    def _compare(self) -> None:
        """The shown take against the one before it, in the monitor."""
        media = [tile.media for tile in self.tiles]
        place = media.index(self._shown())
        self._session.viewing.comparing(media[place - 1], media[place])

    def _ask_ranks(self) -> None:
        session, clip = self._session, self._clip
        takes = []
        for item in session.takes(clip):
            path = session.media_path(item.id)
            if path is not None:
                takes.append(Take(item.id, path, str((item.made_from or {}).get("prompt", item.name))))

        def ranked(found: list[Found]) -> None:
            if clip == self._clip:
                self._ranks = {one.id: place for place, one in enumerate(found, 1)}
                self.follow()

        session.meaning.rank_takes(takes, ranked, lambda why: session.noticed.emit(Notice("error", why)))

    def _do(self, act: Callable[[], object]) -> bool:
        return attempt(self._session, act)
