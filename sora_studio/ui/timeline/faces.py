"""The session's state of a clip, put into the words and pictures that the clip shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from PySide6.QtCore import QObject, Signal

from sora_studio.core.engine import Preview
from sora_studio.core.language import mark, tr
from sora_studio.core.media_item import Lost, Pending, Ready
from sora_studio.core.project import Project
from sora_studio.core.takes import takes_of
from sora_studio.core.timeline import Clip, Track
from sora_studio.session.session import Session
from sora_studio.ui.calm import calmed
from sora_studio.ui.timeline.clip_paint import Face
from sora_studio.ui.timeline.metrics import TITLE_HEIGHT, TRACK_HEIGHT
from sora_studio.ui.timeline.thumbs import Strip, ThumbStore, strip_of
from sora_studio.ui.timeline.waves import WaveStore


@dataclass(frozen=True, slots=True)
class Live:
    """How far a pending medium is."""

    strip: Strip | None = None
    step: int = 0
    steps: int = 0
    fraction: float = 0.0
    words: str = mark("Waiting")


class Faces(QObject):
    """Makes faces of clips and keeps what they are made from; `changed` names a medium that looks different now."""

    changed = Signal(str)

    def __init__(self, session: Session, ratio: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._ratio = session, ratio
        self.thumbs = ThumbStore(TRACK_HEIGHT - TITLE_HEIGHT, ratio, self)
        self.waves = WaveStore(self)
        self._live: dict[str, Live] = {}
        self._missing: dict[str, bool] = {}
        self.thumbs.loaded.connect(self.changed)
        self.waves.loaded.connect(self.changed)

    def close(self) -> None:
        """End the background reading."""
        self.thumbs.close()
        self.waves.close()

    def read_media(self) -> None:
        """Of the media on the timeline, takes among them: ask for thumbnails and waveforms, once a medium, and look for
        missing files. What was read of others is let go by and by."""
        project = self._session.project
        self._live = {media_id: live for media_id, live in self._live.items() if self._is_pending(media_id)}
        self._missing.clear()
        used = dict.fromkeys(media_id for _, clip in project.timeline.clips() for media_id in takes_of(clip))
        self.thumbs.keep(used.keys())
        for item in filter(None, map(project.media.get, used)):
            if not isinstance(item.state, Ready):
                continue
            path = self._session.media_path(item.id)
            self._missing[item.id] = path is None
            if path is not None and item.picture:
                self.thumbs.ask(item, path)
            if path is not None and item.sound:
                self.waves.ask(item.id, path)

    def facts(self, clip: Clip, track: Track) -> tuple[object, ...]:
        """All that a face is made from: two of them that are equal mean that the face is the same."""
        media = clip.media
        item = self._session.project.media.get(media)
        marks = (track.kind, track.locked, track.hidden, track.muted, clip.id in self._session.stale)
        pictures = (self.thumbs.strip(media), self.waves.wave(media), self._live.get(media), self._missing.get(media))
        return (clip, item, *marks, *pictures)

    def face(self, clip: Clip, track: Track) -> Face:
        """The face of a clip without its marks of selection and pointer."""
        project = self._session.project
        live = self._live.get(clip.media, Live())
        missing = self._missing.get(clip.media, False)
        face = face_of(project, clip, self.thumbs.strip(clip.media), live, missing)
        sound = track.kind == "audio"
        return replace(
            face,
            badge="" if clip.speed == 1 else rate_of(clip.speed),
            backwards=clip.speed < 0,
            sound=sound,
            wave=self.waves.wave(clip.media) if sound else None,
            gain=clip.gain,
            fades=(clip.fade_in / clip.length, clip.fade_out / clip.length),
            dim=track.muted if sound else track.hidden,
            locked=track.locked,
            bound=bool(clip.group),
            stale=clip.stale or clip.id in self._session.stale,
            takes=None if sound else _takes(project, clip),
        )

    def previewed(self, media_id: str, preview: Preview) -> None:
        """Take a preview of a pending medium."""
        live = self._live.get(media_id, Live())
        strip = strip_of(calmed(preview.frames), TRACK_HEIGHT - TITLE_HEIGHT, self._ratio)
        fraction = max(live.fraction, preview.step / max(1, preview.steps))
        self._live[media_id] = replace(live, strip=strip, step=preview.step, steps=preview.steps, fraction=fraction)
        self.changed.emit(media_id)

    def sync_jobs(self) -> None:
        """Take progress and state words of the jobs."""
        for job in self._session.jobs():
            if job.media_id and self._is_pending(job.media_id):
                live = self._live.get(job.media_id, Live())
                self._live[job.media_id] = replace(
                    live, fraction=job.fraction, words=job.words, step=job.step, steps=job.steps
                )
                self.changed.emit(job.media_id)

    def _is_pending(self, media_id: str) -> bool:
        item = self._session.project.media.get(media_id)
        return item is not None and isinstance(item.state, Pending)


def face_of(project: Project, clip: Clip, strip: Strip | None, live: Live, missing: bool) -> Face:
    """The face of a clip as far as its medium decides it."""
    item = project.media.get(clip.media)
    name = clip.name or (item.name if item else tr("Clip"))
    length = duration(float(clip.length / project.timeline.rate.fps))
    if item is None:
        return Face(
            name, length, generated=False, lost=tr("Its media is not in the project. Undo, or delete the clip.")
        )
    generated = item.generated_from is not None
    whole = project.media_length(clip.media)
    match item.state:
        case Pending():
            step = f"{live.step} / {live.steps}" if live.steps else live.words
            return Face(name, length, generated=True, strip=live.strip, pending=True, progress=live.fraction, step=step)
        case Lost(reason):
            return Face(name, length, generated=generated, lost=reason)
        case Ready(path):
            lost = tr("The file is missing: {path}. Put it back, or delete the clip.", path=path) if missing else ""
            return Face(
                name,
                length,
                generated=generated,
                strip=None if missing else strip,
                offset_share=float(clip.offset / whole),
                share=min(1.0, float(clip.span / whole)),
                still=item.frames == 1,
                lost=lost,
            )


def _takes(project: Project, clip: Clip) -> tuple[int, int] | None:
    """The number of the shown take, from 1, and how many there are."""
    known = [media for media in takes_of(clip) if media in project.media]
    return (known.index(clip.media) + 1, len(known)) if len(known) > 1 and clip.media in known else None


def remaining(project: Project, clip: Clip) -> int:
    """Timeline frames of media after the clip's end; none while its media is being made or lost."""
    item = project.media.get(clip.media)
    if item is None or not isinstance(item.state, Ready):
        return 0
    return clip.handles(project.extent(clip.media))[1]


def can_grow(session: Session, clip: Clip) -> bool:
    """Whether more can be generated at the ends of a clip: a finished picture that plays forwards on an open track."""
    item, timeline = session.project.media.get(clip.media), session.timeline
    if item is None or not isinstance(item.state, Ready) or clip.speed < 0 or not timeline.has(clip.id):
        return False
    track = timeline.tracks[timeline.find(clip.id)[0]]
    return item.picture and track.kind == "video" and not track.locked


def duration(seconds: float) -> str:
    """A short duration: 4.2 s, 1 min 05 s."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return tr("{minutes} min {rest:02d} s", minutes=minutes, rest=rest)


def rate_of(speed: Fraction) -> str:
    """A speed in percent, as short as it is exact enough: 200%, 33.3%, -100%."""
    return f"{float(speed) * 100:.4g}%"
