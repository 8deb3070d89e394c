"""Files from outside, dropped on the tracks: an answer while they hover, media and clips when they fall."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDropEvent

from sora_studio.core.errors import MediaError
from sora_studio.core.time import Rate
from sora_studio.media.probe import probe
from sora_studio.session.editing import STILL_SECONDS
from sora_studio.ui.drops import take_files
from sora_studio.ui.timeline.drag import snapper
from sora_studio.ui.timeline.faces import duration
from sora_studio.ui.timeline.scene import TimelineScene


@dataclass(frozen=True, slots=True)
class Offer:
    """What the hovering files are: readable ones with the length of the first, or a refusal."""

    paths: tuple[Path, ...]
    frames: int
    refusal: str = ""


class FileDrop:
    """Answers drag events; the view hands them in with their place in the scene."""

    def __init__(self, scene: TimelineScene) -> None:
        self._scene = scene
        self._offer: Offer | None = None

    def enter(self, event: QDropEvent) -> None:
        """Look at the files once."""
        paths = dropped_paths(event)
        self._offer = offer_of(paths, self._scene.session.timeline.rate) if paths else None
        self._answer(event)

    def move(self, event: QDropEvent, at: QPointF, *, snap: bool) -> None:
        """Show where they would lie, or why they cannot."""
        self._answer(event)
        if self._offer is None:
            return
        track, start = self._place(at, snap)
        metrics, offer = self._scene.metrics, self._offer
        count = f"{len(offer.paths)} files" if len(offer.paths) > 1 else offer.paths[0].name
        text = offer.refusal or f"Place {count} · {duration(float(offer.frames / self._rate.fps))}"
        area = metrics.area(track, start, start + offer.frames)
        self._scene.ghost.show_drop(area, text, refused=bool(offer.refusal))

    def leave(self) -> None:
        """They went away."""
        self._offer = None
        self._scene.ghost.setVisible(False)

    def drop(self, event: QDropEvent, at: QPointF, *, snap: bool) -> None:
        """Import the files and lay them one after the other; each refusal is a notice of its own."""
        self._answer(event)
        track, start = self._place(at, snap)
        take_files(self._scene.session, dropped_paths(event), track, start)
        self.leave()

    @property
    def _rate(self) -> Rate:
        return self._scene.session.timeline.rate

    def _answer(self, event: QDropEvent) -> None:
        """Take the event even of files that will be refused: only so can the reason be shown."""
        if self._offer is None:
            event.ignore()
        else:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def _place(self, at: QPointF, snap: bool) -> tuple[int, int]:
        metrics = self._scene.metrics
        frames = self._offer.frames if self._offer else 1
        start = snapper(self._scene, (), active=snap).clip(max(0, metrics.frame(at.x())), frames).frame
        return metrics.track(at.y()), max(0, start)


def dropped_paths(event: QDropEvent) -> tuple[Path, ...]:
    """The local files an event carries."""
    data = event.mimeData()
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()) if data.hasUrls() else ()


def offer_of(paths: tuple[Path, ...], rate: Rate) -> Offer:
    """What files have to offer at the timeline's rate; only the first is looked into."""
    still = rate.frames(STILL_SECONDS)
    try:
        info = probe(paths[0])
    except MediaError as error:
        return Offer(paths, still, str(error))
    return Offer(paths, still if info.kind == "image" else max(1, rate.frames(info.seconds)))
