"""FrameService: the frame under the playhead, decoded on a thread of its own so that dragging never waits."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from pathlib import Path

from sora_studio.core.errors import StudioError
from sora_studio.core.time import Size
from sora_studio.media.decode import AHEAD, VideoReader
from sora_studio.media.geometry import Image, inside, resized
from sora_studio.media.source import Picture

log = logging.getLogger(__name__)

Deliver = Callable[[str, int, Image], None]
BUDGET = 256 * 1024 * 1024
LARGEST = Size(1280, 720)
_BEHIND = 48
"""Frames before the wanted one that are kept on a seek, for dragging backwards through a long group of pictures."""

_REMEMBERED = 64
"""Files of which it is known what was shown last."""


class FrameService:
    """Delivers frames of files by index (at the file's own rate), the newest request of each file only.

    A new request for a file replaces its waiting one, and ends the way to a frame that nobody waits for any more. On a
    seek the group of pictures goes into the cache, which holds at most `budget_bytes`. Pictures that do not fit into
    `largest` are delivered smaller, in the same shape. With `glimpse`, on a way that takes longer than so many seconds
    nearer frames are delivered as they come by, so that the picture moves with the hand. `deliver` is called on the
    service's thread. What cannot be read is never delivered; the log says why.
    """

    def __init__(
        self, deliver: Deliver, budget_bytes: int = BUDGET, *, largest: Size = LARGEST, glimpse: float = math.inf
    ) -> None:
        self._deliver = deliver
        self._largest = largest
        self._resized = False
        self._cache = FrameCache(budget_bytes)
        self._condition = threading.Condition()
        self._wanted: OrderedDict[str, int] = OrderedDict()
        self._backwards: tuple[str, int] | None = None
        self._dropped: set[str] = set()
        self._closing = False
        self._decoders: OrderedDict[str, _Decoder] = OrderedDict()
        self._failed: set[str] = set()
        self._shown: OrderedDict[str, int] = OrderedDict()
        self._glimpse_after, self._when = glimpse, 0.0
        self._thread = threading.Thread(target=self._work, name="frames", daemon=True)
        self._thread.start()

    def request(self, path: str | Path, index: int) -> None:
        """Ask for a frame; returns at once."""
        with self._condition:
            self._wanted[str(path)] = max(0, index)
            self._condition.notify()

    def look_back(self, path: str | Path, index: int) -> None:
        """The frames before this one are wanted next, one after the other: decode them ahead; delivers nothing."""
        with self._condition:
            self._backwards = (str(path), max(0, index))
            self._condition.notify()

    def cached(self, path: str | Path, index: int) -> Image | None:
        """The frame if it is at hand; callable from any thread, decodes nothing."""
        return self._cache.get(str(path), max(0, index))

    def forget(self, path: str | Path) -> None:
        """Let go of a file that was written anew or removed."""
        with self._condition:
            self._dropped.add(str(path))
            self._wanted.pop(str(path), None)
            self._condition.notify()
        self._cache.drop(str(path))

    def set_largest(self, largest: Size) -> None:
        """Deliver pictures of at most that size from now on; those at hand are let go."""
        with self._condition:
            self._largest = largest
            self._resized = True
        self._cache.clear()

    def close(self) -> None:
        """Stop the thread and wait for it; nothing is delivered afterwards."""
        with self._condition:
            self._closing = True
            self._condition.notify()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _work(self) -> None:
        while (wanted := self._next()) is not None:
            path, index, awaited = wanted
            try:
                if awaited:
                    self._serve(path, index)
                elif path:
                    self._go_back(path, index)
            except StudioError as exc:
                self._give_up(path, str(exc))
            except Exception:
                # The loop of the worker: one bad file must not end scrubbing.
                log.exception("showing frame %s of %s failed", index, path)
                self._give_up(path, "")
        for path in tuple(self._decoders):
            self._let_go(path)

    def _next(self) -> tuple[str, int, bool] | None:
        """The next request, and whether it is waited for; None when the service closes."""
        with self._condition:
            while not (self._wanted or self._closing or self._dropped or self._backwards):
                self._condition.wait()
            while self._dropped:
                path = self._dropped.pop()
                self._let_go(path)
                self._failed.discard(path)
                self._cache.drop(path)
            if self._resized:
                self._resized = False
                self._cache.clear()  # a picture that was under way has the former size
            if self._closing:
                return None
            if self._wanted:
                return *self._wanted.popitem(last=False), True
            back, self._backwards = self._backwards, None
            return *(back or ("", 0)), False

    def _go_back(self, path: str, index: int) -> None:
        """Decode the frames before those that are at hand, once half of these are gone."""
        room, first = self._behind(self._decoder(path)), index
        while first > max(0, index - room) and self._cache.get(path, first - 1) is not None:
            first -= 1
        if first and index - first <= room // 2:
            self._serve(path, first - 1, awaited=False)

    def _serve(self, path: str, index: int, *, awaited: bool = True) -> None:
        image = self._cache.get(path, index)
        if image is not None:
            self._show(path, index, image)
            return
        decoder = self._decoder(path)
        passed: deque[tuple[int, Picture, int]] = deque(maxlen=self._behind(decoder))
        self._when, delivered = time.monotonic(), False
        for first, picture, stop in decoder.spans(index):
            if not delivered and self._overtaken(path, decoder, awaited=awaited):
                self._keep(path, passed)
                return
            if stop is not None and stop <= index:
                if stop > first:
                    passed.append((first, picture, stop))
                    if awaited:
                        self._glimpse(path, (first, index), picture)
                continue
            image = self._cache.get(path, first)
            if image is None:
                image = self._small(picture.image())
                self._cache.put(path, first, stop, image)
            if first <= index and not delivered:
                delivered = True
                self._cache.put(path, index, None, image)
                if awaited:
                    self._show(path, index, image)
                self._keep(path, passed)
            if delivered and (self._busy() or picture.key or first >= index + AHEAD):
                return

    def _overtaken(self, path: str, decoder: _Decoder, *, awaited: bool) -> bool:
        """Whether the hand is elsewhere already: only the newest place counts. One further along the way is reached by
        going on. What is not waited for gives way to what is."""
        with self._condition:
            newest = self._wanted.get(path)
            others = not awaited and any(other != path for other in self._wanted)
            if self._closing or others:
                return True
        return newest is not None and not decoder.reaches(newest)

    def _glimpse(self, path: str, way: tuple[int, int], picture: Picture) -> None:
        """On a long way show a frame now and then, when it is nearer to the wanted one than what is shown."""
        first, index = way
        shown, now = self._shown.get(path), time.monotonic()
        nearer = shown is None or abs(shown - index) > index - first
        if nearer and now - self._when >= self._glimpse_after:
            image = self._cache.get(path, first)
            if image is None:
                image = self._small(picture.image())
                self._cache.put(path, first, None, image)
            self._show(path, first, image)

    def _show(self, path: str, index: int, image: Image) -> None:
        self._shown[path], self._when = index, time.monotonic()
        self._shown.move_to_end(path)
        while len(self._shown) > _REMEMBERED:
            self._shown.popitem(last=False)
        self._hand_over(path, index, image)

    def _keep(self, path: str, passed: deque[tuple[int, Picture, int]]) -> None:
        """Have the frames before the wanted one at hand for going backwards, unless something else is wanted."""
        with self._condition:
            newest = self._wanted.get(path)
        while newest is not None and passed and passed[-1][0] > newest:
            passed.pop()
        while passed and not self._elsewhere(path, passed[0][0]):
            first, picture, stop = passed.pop()
            if self._cache.get(path, first) is None:
                self._cache.put(path, first, stop, self._small(picture.image()))

    def _elsewhere(self, path: str, first: int) -> bool:
        """Whether something is wanted that is not among a file's frames from `first` on."""
        with self._condition:
            if self._closing or self._dropped:
                return True
            return any(other != path or index < first for other, index in self._wanted.items())

    def _hand_over(self, path: str, index: int, image: Image) -> None:
        with self._condition:
            if self._closing or path in self._dropped:
                return
        self._deliver(path, index, image)

    def _busy(self) -> bool:
        with self._condition:
            return bool(self._wanted or self._closing or self._dropped)

    def _behind(self, decoder: _Decoder) -> int:
        """How many frames before the wanted one may take a quarter of the cache."""
        size = decoder.reader.info.size
        shown = min(size.width * size.height, self._largest.width * self._largest.height)
        return max(1, min(_BEHIND, self._cache.budget // 4 // (3 * shown)))

    def _small(self, image: Image) -> Image:
        height, width = image.shape[:2]
        if width <= self._largest.width and height <= self._largest.height:
            return image
        return resized(image, inside(Size(width, height), self._largest))

    def _decoder(self, path: str) -> _Decoder:
        decoder = self._decoders.pop(path, None) or _Decoder(Path(path))
        self._decoders[path] = decoder
        if len(self._decoders) > _Decoder.LIMIT:
            self._let_go(next(iter(self._decoders)))
        return decoder

    def _give_up(self, path: str, reason: str) -> None:
        if reason and path not in self._failed:
            log.warning("%s", reason)
        self._failed.add(path)
        self._let_go(path)

    def _let_go(self, path: str) -> None:
        decoder = self._decoders.pop(path, None)
        if decoder is not None:
            decoder.reader.close()


class _Decoder:
    """An open file and the place up to which it has been decoded."""

    LIMIT = 4

    def __init__(self, path: Path) -> None:
        self.reader = VideoReader(path)
        self._run: Iterator[tuple[int, Picture]] | None = None
        self._ahead: tuple[int, Picture] | None = None

    def spans(self, index: int) -> Iterator[tuple[int, Picture, int | None]]:
        """Pictures on the way to `index` and beyond: first index, picture, and the next picture's index as far as it
        is known (None for the picture asked for itself, and for the last)."""
        if not self.reaches(index):
            self._run = self.reader.run(index)
            self._ahead = next(self._run, None)
        while self._run is not None and self._ahead is not None:
            first, picture = self._ahead
            # At an even rate the picture need not wait for the next one, which says where it ends.
            at_once = first == index and not self.reader.info.variable_rate
            if at_once:
                yield first, picture, None
            self._ahead = next(self._run, None)
            if not at_once:
                yield first, picture, self._ahead[0] if self._ahead else None

    def reaches(self, index: int) -> bool:
        """Whether decoding on from here is the quickest way to `index`."""
        if self._ahead is None or index < self._ahead[0]:
            return False
        if index <= self._ahead[0] + AHEAD:
            return True
        key = self.reader.decodes_from(index)
        return key is not None and key <= self._ahead[0]


class FrameCache:
    """Frames of files by index, the longest unused ones given up beyond `budget` bytes, and those of files that were
    left long ago. Safe between threads."""

    FILES = 24

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._lock = threading.Lock()
        self._frames: OrderedDict[tuple[str, int], Image] = OrderedDict()
        self._files: OrderedDict[str, None] = OrderedDict()
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """What the frames take."""
        return self._bytes

    def get(self, path: str, index: int) -> Image | None:
        """The frame, which thereby counts as used."""
        with self._lock:
            image = self._frames.get((path, index))
            if image is not None:
                self._frames.move_to_end((path, index))
                self._files.move_to_end(path)
            return image

    def put(self, path: str, first: int, stop: int | None, image: Image) -> None:
        """Keep a frame that is on screen for the indices first, ..., stop-1."""
        with self._lock:
            self._files[path] = None
            self._files.move_to_end(path)
            if len(self._files) > self.FILES:
                self._drop(next(iter(self._files)))
            for index in range(first, min(first + 1 if stop is None else stop, first + AHEAD)):
                self._bytes += image.nbytes - self._size_of(self._frames.pop((path, index), None))
                self._frames[path, index] = image
            while self._bytes > self.budget and len(self._frames) > 1:
                self._bytes -= self._size_of(self._frames.popitem(last=False)[1])

    def clear(self) -> None:
        """Give up everything."""
        with self._lock:
            self._frames.clear()
            self._files.clear()
            self._bytes = 0

    def drop(self, path: str) -> None:
        """Give up all frames of a file."""
        with self._lock:
            self._drop(path)

    def _drop(self, path: str) -> None:
        self._files.pop(path, None)
        for key in [key for key in self._frames if key[0] == path]:
            self._bytes -= self._size_of(self._frames.pop(key))

    @staticmethod
    def _size_of(image: Image | None) -> int:
        return 0 if image is None else image.nbytes
