"""How a clip looks: title, thumbnails, progress, warning, selection. Pure painting, without state."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetrics,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
)

from sora_studio.ui.theme import colour, pixmap, tabular, ui_font
from sora_studio.ui.timeline.metrics import EDGE, TITLE_HEIGHT
from sora_studio.ui.timeline.thumbs import Strip
from sora_studio.ui.timeline.waves import Wave, columns_shown, draw_wave

RADIUS = 6.0
INSET = 12
"""Pixels left and right of the title, clear of the grips."""


@dataclass(frozen=True, slots=True)
class Face:
    """Everything a clip's picture depends on besides its width."""

    name: str
    length: str
    generated: bool
    strip: Strip | None = None
    offset_share: float = 0.0
    """Where in the medium the clip begins, 0..1."""
    share: float = 1.0
    """The part of the medium the clip shows, 0..1."""
    backwards: bool = False
    badge: str = ""
    """The speed, where it is not the usual one."""
    sound: bool = False
    """Whether the clip lies on an audio track."""
    wave: Wave | None = None
    gain: float = 0.0
    fades: tuple[float, float] = (0.0, 0.0)
    """The parts of the clip's length that fade in and out, 0..1."""
    dim: bool = False
    """Whether its track is hidden or muted."""
    locked: bool = False
    bound: bool = False
    """Whether another clip belongs to it."""
    stale: bool = False
    still: bool = False
    pending: bool = False
    progress: float | None = None
    step: str = ""
    phase: int = 0
    """Counts up to animate live previews."""
    lost: str = ""
    selected: bool = False
    hovered: bool = False
    translucent: bool = False
    takes: tuple[int, int] | None = None
    """The number of the take that is shown, and how many there are; None for a clip that has one."""
    lit: str = ""
    """The part of the switch of takes under the pointer."""


def draw(painter: QPainter, size: QSizeF, face: Face, exposed: QRectF, ground: QColor) -> None:
    """Paint a clip of `size` pixels at the painter's origin; `ground` is the track's colour behind it."""
    box = QRectF(QPointF(0, 0), size)
    if face.translucent:
        painter.setOpacity(0.72)
    if size.width() < 6:
        painter.fillRect(box, _tint(face))
        return
    painter.fillRect(box, _tint(face).darker(175))
    if face.sound:
        _wave(painter, box.adjusted(0, TITLE_HEIGHT, 0, 0), face, exposed)
    else:
        _pictures(painter, box, face, exposed)
    if face.lost:
        _lost(painter, box, face)
    _fades(painter, box, face)
    if face.dim:
        painter.fillRect(box, QColor(10, 11, 14, 150))
    _title(painter, box, face)
    if face.locked:
        _locked(painter, box, exposed)
    if face.pending:
        _progress(painter, box, face)
    _corners(painter, box, ground)
    if face.selected:
        _selection(painter, box)
    else:
        _outline(painter, box, face)


def _tint(face: Face) -> QColor:
    if face.lost:
        return QColor.fromHslF(0.0, 0.34, 0.30)
    if face.sound:
        return colour("clip3")
    return colour("clip2" if face.generated else "clip")


def _pictures(painter: QPainter, box: QRectF, face: Face, exposed: QRectF) -> None:
    area = box.adjusted(0, TITLE_HEIGHT, 0, 0)
    strip = face.strip
    if strip is None:
        _hatching(painter, area, face)
        return
    first = strip.pictures[0]
    tile = max(8.0, first.width() / first.devicePixelRatio())
    start = max(0, int(max(0.0, exposed.left()) // tile))
    x = start * tile
    index = start
    while x < min(area.right(), exposed.right()):
        if face.pending:
            picture = strip.pictures[(face.phase + index) % len(strip.pictures)]
        else:
            picture = strip.at(place_of(face, (x + tile / 2) / max(1.0, area.width())))
        _tile(painter, QPointF(x, area.top()), area, picture)
        x += tile
        index += 1
    shade = QLinearGradient(area.topLeft(), QPointF(area.left(), area.top() + 10))
    shade.setColorAt(0, QColor(0, 0, 0, 90))
    shade.setColorAt(1, QColor(0, 0, 0, 0))
    painter.fillRect(QRectF(area.left(), area.top(), area.width(), 10), shade)


def _wave(painter: QPainter, area: QRectF, face: Face, exposed: QRectF) -> None:
    """The peaks of the exposed part."""
    left, right = columns_shown(area, exposed)
    if face.wave is None:
        painter.fillRect(QRectF(left, area.center().y() - 0.5, right - left, 1), QColor(190, 238, 226, 90))
        return
    first, last = (place_of(face, x / max(1.0, area.width())) for x in (left, right))
    draw_wave(painter, area, face.wave.columns(first, last, right - left), left, face.gain)


def place_of(face: Face, share: float) -> float:
    """The place in the medium, 0..1, of a place in the clip, 0..1."""
    share = min(1.0, share)
    return face.offset_share + face.share * (1.0 - share if face.backwards else share)


def _tile(painter: QPainter, at: QPointF, area: QRectF, picture: QPixmap) -> None:
    """One thumbnail, cut off at the clip's right and lower edges; in a higher track it is enlarged to cover it."""
    ratio = picture.devicePixelRatio()
    wide, high = picture.width() / ratio, picture.height() / ratio
    if at.x() + wide <= area.right() and high <= area.height() < high + 1:
        painter.drawPixmap(at, picture)
        return
    rest = min(wide, area.right() - at.x())
    middle = max(0.0, (high - area.height()) / 2)
    shown = min(high, area.height())
    part = QRectF(0, middle * ratio, rest * ratio, shown * ratio)
    painter.drawPixmap(QRectF(at.x(), at.y(), rest, area.height()), picture, part)


def _hatching(painter: QPainter, area: QRectF, face: Face) -> None:
    """What stands for pictures that have not come yet: slow stripes that move while a job has shown nothing."""
    if face.lost:
        return
    stripe = QLinearGradient(QPointF(face.phase * 4.0, 0), QPointF(face.phase * 4.0 + 14, 14))
    stripe.setSpread(QLinearGradient.Spread.RepeatSpread)
    for place, alpha in ((0.0, 14), (0.5, 14), (0.51, 0), (1.0, 0)):
        stripe.setColorAt(place, QColor(255, 255, 255, alpha))
    painter.fillRect(area, QBrush(stripe))


def _title(painter: QPainter, box: QRectF, face: Face) -> None:
    bar = QRectF(0, 0, box.width(), TITLE_HEIGHT)
    tint = _tint(face)
    painter.fillRect(bar, tint.lighter(112) if face.hovered and not face.selected else tint)
    room = box.width() - 2 * INSET
    if room < 14:
        return
    x = float(INSET)
    if (face.generated or face.sound) and room > 70:
        glyph = title_icon("music" if face.sound else "sparkles", painter.device().devicePixelRatioF())
        painter.drawPixmap(QPointF(x, 3), glyph)
        x += 16
        room -= 16
    if face.stale and room > 50:
        painter.drawPixmap(QPointF(x, 3), title_icon("refresh-cw", painter.device().devicePixelRatioF()))
        x += 16
        room -= 16
    if face.bound and room > 90:
        painter.drawPixmap(QPointF(x, 3), title_icon("link", painter.device().devicePixelRatioF()))
        x += 16
        room -= 16
    if face.badge and room > 60:
        wide = _badge(painter, box, face.badge)
        room -= wide + 6
        bar.setRight(bar.right() - wide - 6)
    extra = face.step if face.pending else face.length
    figures = _figures()
    wide = QFontMetrics(figures).horizontalAdvance(extra)
    if room > wide + 44:
        painter.setFont(figures)
        painter.setPen(QColor(255, 255, 255, 190))
        painter.drawText(
            bar.adjusted(0, 0, -INSET, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, extra
        )
        room -= wide + 10
    font = _bold()
    painter.setFont(font)
    painter.setPen(QColor(255, 255, 255))
    text = QFontMetrics(font).elidedText(face.name, Qt.TextElideMode.ElideRight, int(room))
    painter.drawText(QRectF(x, 0, room, TITLE_HEIGHT), Qt.AlignmentFlag.AlignVCenter, text)


def _badge(painter: QPainter, box: QRectF, text: str) -> float:
    """The speed at the right end of the title; returns its width."""
    painter.setFont(_figures())
    wide = QFontMetrics(_figures()).horizontalAdvance(text) + 10.0
    pill = QRectF(box.width() - INSET - wide, 3, wide, TITLE_HEIGHT - 6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(255, 255, 255, 220))
    painter.drawRoundedRect(pill, 4, 4)
    painter.setPen(QColor(24, 25, 30))
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
    return wide


def _fades(painter: QPainter, box: QRectF, face: Face) -> None:
    """Dark corners where the clip comes and goes."""
    for share, left in zip(face.fades, (True, False), strict=True):
        wide = share * box.width()
        if wide < 1:
            continue
        edge, inner = (0.0, wide) if left else (box.width(), box.width() - wide)
        shape = QPolygonF([QPointF(edge, TITLE_HEIGHT), QPointF(inner, TITLE_HEIGHT), QPointF(edge, box.height())])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 130))
        painter.drawPolygon(shape)


def _locked(painter: QPainter, box: QRectF, exposed: QRectF) -> None:
    """Stripes over a clip that cannot be changed."""
    stripe = QLinearGradient(QPointF(0, 0), QPointF(5, 5))
    stripe.setSpread(QLinearGradient.Spread.RepeatSpread)
    for place, alpha in ((0.0, 70), (0.3, 70), (0.31, 0), (1.0, 0)):
        stripe.setColorAt(place, QColor(0, 0, 0, alpha))
    painter.fillRect(box.intersected(exposed), QBrush(stripe))


def _progress(painter: QPainter, box: QRectF, face: Face) -> None:
    done = box.width() * (face.progress or 0.0)
    if face.strip is not None:
        rest = QRectF(done, TITLE_HEIGHT, box.width() - done, box.height() - TITLE_HEIGHT)
        painter.fillRect(rest, QColor(8, 8, 12, 96))
    painter.fillRect(QRectF(0, box.height() - 4, box.width(), 4), QColor(0, 0, 0, 150))
    painter.fillRect(QRectF(0, box.height() - 4, done, 4), colour("accent"))


def _lost(painter: QPainter, box: QRectF, face: Face) -> None:
    area = box.adjusted(0, TITLE_HEIGHT, 0, 0)
    painter.fillRect(area, QColor(30, 12, 14, 170))
    ratio = painter.device().devicePixelRatioF()
    if area.width() < 14:
        return
    side = 18 if area.width() >= 30 else 12
    sign = pixmap("triangle-alert", side, "warn", ratio)
    x = 10.0 if area.width() > 120 else area.center().x() - side / 2
    painter.drawPixmap(QPointF(x, area.center().y() - side / 2), sign)
    if area.width() > 120:
        painter.setFont(_small())
        painter.setPen(colour("text") if QColor(colour("text")).lightness() > 128 else QColor(255, 255, 255))
        room = QRect(36, int(area.top()), int(area.width()) - 44, int(area.height()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, face.lost)


def _corners(painter: QPainter, box: QRectF, ground: QColor) -> None:
    """Round the corners by painting the track over them: smooth, where a clip path would leave steps."""
    if box.width() < 2 * RADIUS:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    path.addRect(box)
    path.addRoundedRect(box.adjusted(0.5, 0, -0.5, 0), RADIUS, RADIUS)
    painter.fillPath(path, ground)


def _outline(painter: QPainter, box: QRectF, face: Face) -> None:
    """A hairline around the clip. Stroking a long rounded path takes longer than all else that is painted here, so the
    corners are drawn once and copied, and the sides are filled."""
    tone = QColor(255, 255, 255, 60 if face.hovered else 24)
    part = RADIUS + 1
    if box.width() < 2 * part or box.height() < 2 * part:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(tone, 1))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        return
    ratio = painter.device().devicePixelRatioF()
    corners, piece = _corner_lines(face.hovered, ratio), part * ratio
    right, bottom = box.width() - part, box.height() - part
    for x, y in ((0.0, 0.0), (right, 0.0), (0.0, bottom), (right, bottom)):
        source = QRectF(piece if x else 0.0, piece if y else 0.0, piece, piece)
        painter.drawPixmap(QRectF(x, y, part, part), corners, source)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    for y in (0.0, box.height() - 1):
        painter.fillRect(QRectF(part, y, box.width() - 2 * part, 1), tone)
    for x in (0.0, box.width() - 1):
        painter.fillRect(QRectF(x, part, 1, box.height() - 2 * part), tone)


@lru_cache(maxsize=8)
def _corner_lines(hovered: bool, ratio: float) -> QPixmap:
    """The outline of the smallest clip that has one: four corners, no sides."""
    side = 2 * (RADIUS + 1)
    made = QPixmap(round(side * ratio), round(side * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(255, 255, 255, 60 if hovered else 24), 1))
    painter.drawRoundedRect(QRectF(0.5, 0.5, side - 1, side - 1), RADIUS, RADIUS)
    painter.end()
    return made


def _selection(painter: QPainter, box: QRectF) -> None:
    lit = colour("accent2")
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(lit, 2))
    painter.drawRoundedRect(box.adjusted(1.5, 1, -1.5, -1), RADIUS - 1, RADIUS - 1)
    if box.width() < 4 * EDGE:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(lit)
    for x, left in ((0.5, True), (box.width() - EDGE - 0.5, False)):
        grip = QPainterPath()
        grip.setFillRule(Qt.FillRule.WindingFill)
        grip.addRoundedRect(QRectF(x, 0, EDGE, box.height()), 4, 4)
        square = QRectF(x + EDGE / 2, 0, EDGE / 2, box.height()) if left else QRectF(x, 0, EDGE / 2, box.height())
        grip.addRect(square)
        painter.fillPath(grip, lit)
    painter.setPen(QPen(QColor(20, 18, 40, 220), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    middle = box.height() / 2
    for x in (EDGE / 2 + 0.5, box.width() - EDGE / 2 - 0.5):
        painter.drawLine(QPointF(x, middle - 7), QPointF(x, middle + 7))


@lru_cache(maxsize=16)
def title_icon(name: str, ratio: float) -> QPixmap:
    """A small white icon for title bars."""
    return pixmap(name, 12, "#e9e4ff", ratio)


@lru_cache(maxsize=1)
def _bold() -> QFont:
    return ui_font(11, QFont.Weight.DemiBold)


@lru_cache(maxsize=1)
def _small() -> QFont:
    return ui_font(11)


@lru_cache(maxsize=1)
def _figures() -> QFont:
    return tabular(10, QFont.Weight.Medium)
