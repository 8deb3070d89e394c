"""The media of the project: taken in, named, starred, taken out, found again. The timeline's undo never loses one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sora_studio.core import edits
from sora_studio.core.errors import BadInput
from sora_studio.core.language import trn
from sora_studio.core.media_item import MediaItem, Pending, Ready
from sora_studio.core.project import Project
from sora_studio.core.request import Frames
from sora_studio.core.timeline import Clip, new_id
from sora_studio.media.images import save_png
from sora_studio.session import relink, store
from sora_studio.session.folders import Folders
from sora_studio.session.intake import Found, look_into

LONGEST_NAME = 200


class MediaPool(Folders):
    """What the library does. Files outside the project folder stay where they are; nothing on the disk is deleted."""

    _bin: dict[str, MediaItem]
    """Media that were taken out, for undo."""

    def import_media(self, path: Path) -> str:
        """Take a picture or video into the project, where it lies; returns the medium's id. Raises BadInput."""
        return self.take_in(look_into(path))[0]

    def take_in(self, *found: Found) -> tuple[str, ...]:
        """Take in files that were looked into before, in one go; what is known already is not taken twice. Returns the
        media's identities."""
        known = {item.state: item for item in (*self._bin.values(), *self._media.values())}
        items = []
        for one in found:
            state = Ready(store.stored_path(self._home, one.path))
            if state not in known:
                info = one.info
                known[state] = MediaItem(
                    new_id(),
                    one.path.stem,
                    state,
                    info.frames,
                    info.rate,
                    info.size,
                    made_from=one.recipe,
                    sound=info.audio,
                    picture=info.kind != "sound",
                    fingerprint=one.fingerprint,
                )
            items.append(known[state])
        back = {item.id for item in items} & self._bin.keys()
        self._bin = {key: item for key, item in self._bin.items() if key not in back}
        self._put_media(*items)
        return tuple(item.id for item in items)

    def keep_frame(self, frame: Frames, name: str) -> str:
        """Take one frame (H, W, 3) in as a picture of the project; returns the medium's id. Raises OutputError."""
        path = self._place_for_media() / f"{new_id()}.png"
        save_png(path, frame)
        media_id = self.import_media(path)
        self.rename(media_id, name)
        return media_id

    def star(self, *media_ids: str, on: bool = True) -> None:
        """Give media a star, or take it away."""
        self._put_media(*(replace(self.item(media_id), starred=on) for media_id in media_ids))

    def rename(self, media_id: str, name: str) -> None:
        """Give a medium another name; the file keeps its own. Raises BadInput for no name at all."""
        words = " ".join(name.split())[:LONGEST_NAME]
        if not words:
            raise BadInput("A medium needs a name. Type one.")
        self._put_media(replace(self.item(media_id), name=words))

    def describe(self, media_id: str, caption: str) -> None:
        """Say something about a medium, so that it is found by these words."""
        self._put_media(replace(self.item(media_id), caption=" ".join(caption.split())))

    def set_captions(self, media_id: str, short: str, long: str) -> None:
        """Say what a medium shows, in one sentence and as a description."""
        short, long = (" ".join(text.split()) for text in (short, long))
        self._put_media(replace(self.item(media_id), short_caption=short, long_caption=long))

    def uses(self, *media_ids: str) -> tuple[Clip, ...]:
        """The clips on the timeline that show these media, or have one of them as a take."""
        wanted = set(media_ids)
        clips = (clip for track in self.timeline.tracks for clip in track.clips)
        return tuple(clip for clip in clips if wanted & {clip.media, *clip.takes})

    def remove_media(self, *media_ids: str, with_clips: bool = False) -> None:
        """Take media out of the project; their files stay. Undo brings back the clips and with them the media.

        Raises BadInput while one is being made, or is on the timeline and `with_clips` does not say that it may go.
        """
        items = [self.item(media_id) for media_id in media_ids]
        for item in items:
            if isinstance(item.state, Pending):
                raise BadInput("“{name}” is being made. Cancel it in the queue first.", name=item.name)
        clips = self.uses(*media_ids)
        if clips and not with_clips:
            raise BadInput(
                trn(
                    "“{name}” is shown by a clip on the timeline. Delete the clips first.",
                    "“{name}” is shown by {count} clips on the timeline. Delete the clips first.",
                    len(clips),
                    name=items[0].name,
                )
            )
        self._bin = {**self._bin, **{item.id: item for item in items}}
        if clips:
            timeline = self.timeline
            for media_id in media_ids:
                timeline = edits.forget(timeline, media_id)
            self._history.edit("Remove from the project", timeline)
        self._media = {key: item for key, item in self._media.items() if key not in media_ids}
        self._touched()

    def restore_media(self, *media_ids: str) -> None:
        """Bring media back that were taken out."""
        back = {media_id: self._bin[media_id] for media_id in media_ids if media_id in self._bin}
        self._bin = {key: item for key, item in self._bin.items() if key not in back}
        self._put_media(*back.values())

    def place_of(self, media_id: str) -> Path | None:
        """Where the file of a medium is expected, without a look at the disk."""
        return store.place_of(self._home, self.item(media_id))

    def missing_media(self) -> tuple[MediaItem, ...]:
        """The media whose files are not where they were. Looks at the disk."""
        return relink.missing(self.project, self._home)

    def relink(self, places: Mapping[str, Path]) -> None:
        """Say where missing media lie now."""
        self._put_media(
            *(
                replace(self.item(media_id), state=Ready(store.stored_path(self._home, path)))
                for media_id, path in places.items()
            )
        )

    def _put_media(self, *items: MediaItem) -> None:
        """Put other values in the place of media; one signal for all of them."""
        if any(self._media.get(item.id) != item for item in items):
            self._media = {**self._media, **{item.id: item for item in items}}
            self._touched()

    def _touched(self) -> None:
        """A clip that undo brought back brings its medium along."""
        clips = [clip for track in self.timeline.tracks for clip in track.clips]
        gone = {media_id for clip in clips for media_id in (clip.media, *clip.takes)} - self._media.keys()
        back = {media_id: self._bin[media_id] for media_id in gone if media_id in self._bin}
        if back:
            self._media = {**self._media, **back}
            self._bin = {key: item for key, item in self._bin.items() if key not in back}
        super()._touched()

    def _take(self, project: Project, folder: Path) -> None:
        self._bin = {}
        super()._take(project, folder)
