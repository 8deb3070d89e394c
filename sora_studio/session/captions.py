"""Footage that comes into the project gets captions of its own, which the artist may edit.

Both are in the words the built-in model was trained with: a short one as people type prompts, and a description. They
come from CLIP, in the background, and only where there were none.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from psygnal import Signal

from sora_studio.core.captioning import find_attributes, long_caption, short_caption
from sora_studio.core.errors import BadInput, EngineError
from sora_studio.core.media_item import MediaItem
from sora_studio.core.phrasebook import phrasebook
from sora_studio.engines.weights import NO_CLIP
from sora_studio.session.errands import Errand, Steps
from sora_studio.session.meaning import Meaning, Say
from sora_studio.session.media_pool import MediaPool

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Captions:
    """What a picture or clip shows, in one sentence and in several."""

    short: str
    long: str


class Captioning:
    """Describes media of a project. Everything runs on the owner thread."""

    changed = Signal()
    """Something is being described, or is no longer."""

    def __init__(self, meaning: Meaning, pool: MediaPool) -> None:
        self._meaning, self._pool = meaning, pool
        self._running: dict[str, Errand] = {}

    @property
    def known(self) -> bool:
        """Whether captions can be made here."""
        return self._meaning.errands.there and self._meaning.pictures_known

    def busy(self, media_id: str) -> bool:
        """Whether a medium is being described."""
        return media_id in self._running

    def came(self, media_ids: Iterable[str]) -> None:
        """Footage came in: describe what has no captions yet, if that is wished and possible. What fails stays silent:
        nobody asked for it."""
        if not (self.known and self._pool.settings.prompting.captions):
            return
        for media_id in media_ids:
            item = self._pool.item(media_id)
            if item.made_from is None and item.picture and not (item.short_caption or item.long_caption):
                self.describe(media_id, log.info)

    def describe(self, media_id: str, failed: Say) -> None:
        """Write the captions of a medium anew. `failed` is told why there are none; raises BadInput without a file."""
        item = self._pool.item(media_id)
        if not item.picture:
            raise BadInput("Sound has nothing to see. Write its captions yourself.")
        if self._pool.media_path(media_id) is None:
            raise BadInput("“{name}” has no file now, so nothing can be seen in it.", name=item.name)
        self._stop(media_id)

        def done(captions: Captions) -> None:
            self._ended(media_id)
            if media_id in self._pool.project.media:
                self._pool.set_captions(media_id, captions.short, captions.long)

        def refused(reason: str) -> None:
            self._ended(media_id)
            failed(reason)

        self._running[media_id] = self._meaning.errands.run(self._described(item), done, refused)
        self.changed.emit()

    def close(self) -> None:
        """The project is left."""
        for media_id in tuple(self._running):
            self._stop(media_id)

    def _described(self, item: MediaItem) -> Steps[Captions]:
        path = self._pool.media_path(item.id)
        if not self._meaning.pictures_known or path is None:
            raise EngineError(NO_CLIP)
        vectors = yield from self._meaning.pictures([path])
        if not vectors[0].any():
            raise EngineError("“{name}” cannot be read, so nothing can be said of it.", name=item.name)
        book = phrasebook("sora")
        search = find_attributes(vectors[0], book, moving=item.frames > 1)
        texts = next(search)
        try:
            while True:
                near = yield from self._meaning.texts(texts, "pictures")
                texts = search.send(near)
        except StopIteration as found:
            return Captions(short_caption(found.value, book), long_caption(found.value, book))

    def _stop(self, media_id: str) -> None:
        errand = self._running.pop(media_id, None)
        if errand is not None:
            errand.cancel()

    def _ended(self, media_id: str) -> None:
        self._running.pop(media_id, None)
        self.changed.emit()
