"""VideoWriter: frames to a file that appears under its name only when it is complete."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import av.error
import numpy as np

from sora_studio.core.errors import BadInput, OutputError
from sora_studio.core.filenames import part_of
from sora_studio.core.language import tr
from sora_studio.core.recipe import Recipe
from sora_studio.core.time import Rate, Size
from sora_studio.media.credentials import Credentials, signer_of
from sora_studio.media.geometry import AnyImage
from sora_studio.media.presets import DEFAULT, PRESETS, Preset, find_preset, quality_of
from sora_studio.media.reasons import check_writable, unwritable
from sora_studio.media.sinks import WRITE_ERRORS, Film, Sink, open_sink, remove, settle
from sora_studio.media.sound import Sound

__all__ = ["DEFAULT", "PRESETS", "Preset", "VideoWriter"]


class VideoWriter:
    """Writes frames (T, H, W, 3) of `size` at `rate` into `path`, after `add_sound` also samples.

    The file grows beside its place (`.name.part.suffix`) and is renamed by `close`. `abort`, or an exception inside
    the `with`, leaves nothing. The same frames give the same pixels on every machine. Formats that need even sides
    repeat the last column or row. Raises OutputError with what to do, BadInput for settings that make no sense.
    """

    def __init__(
        self,
        path: Path,
        size: Size,
        rate: Rate,
        *,
        preset: str = DEFAULT,
        quality: int | None = None,
        recipe: Recipe | None = None,
    ) -> None:
        self.path = Path(path)
        self.size = size
        self.rate = rate
        self.written = 0
        self._preset = find_preset(preset)
        self._open = False
        self._sign: Callable[[Path], None] | None = None
        number = quality_of(self._preset, quality)
        if rate.fps > self._preset.max_rate:
            raise BadInput(
                "{format} holds at most {most} frames a second, not {rate}. Lower the rate.",
                format=tr(self._preset.title),
                most=self._preset.max_rate,
                rate=rate,
            )
        if self._preset.suffix and self.path.suffix.lower() not in ("", self._preset.suffix):
            raise BadInput(
                "“{name}” must end in {suffix} for {format}. Rename it.",
                name=self.path.name,
                suffix=self._preset.suffix,
                format=tr(self._preset.title),
            )
        check_writable(self.path, folder=self._preset.kind == "pictures")
        self._part = part_of(self.path)
        self._film = Film(self._part, self._preset, size, rate, number, recipe)
        self._sink = self._opened()
        self._open = True

    def add_sound(self) -> None:
        """Let `write_sound` be used; to be called before the first frame."""
        if self.written or not self._open:
            raise OutputError("The sound of “{name}” comes too late. Start the file anew.", name=self.path.name)
        self._open = False
        self._sink.drop()
        self._film = replace(self._film, sound=True)
        self._sink = self._opened()
        self._open = True

    def sign_with(self, credentials: Credentials) -> None:
        """Let `close` sign the complete film; raises BadInput or OutputError where that cannot be done."""
        self._sign = signer_of(credentials, self._preset)

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            self.abort()

    def write(self, frames: AnyImage) -> None:
        """Append frames (T, H, W, 3), or one of (H, W, 3); in sixteen bits where the preset is `deep`."""
        if not self._open:
            raise OutputError("“{name}” is already closed. Start a new one.", name=self.path.name)
        frames = frames if frames.ndim == 4 else frames[None]
        kinds = (np.uint8, np.uint16) if self._preset.deep else (np.uint8,)
        if frames.shape[1:] != (self.size.height, self.size.width, 3) or frames.dtype not in kinds:
            raise BadInput(
                "The film has {size} pixels, these frames are {shape} {dtype}.",
                size=self.size,
                shape=frames.shape,
                dtype=frames.dtype,
            )
        try:
            for image in frames:
                self._sink.write(np.ascontiguousarray(image))
                self.written += 1
        except WRITE_ERRORS as exc:
            self.abort()
            raise self._reason(exc) from exc

    def write_sound(self, sound: Sound) -> None:
        """Append samples (n, 2) at 48 kHz; formats without sound pass them over."""
        if not self._open:
            raise OutputError("“{name}” is already closed. Start a new one.", name=self.path.name)
        try:
            self._sink.write_sound(sound)
        except WRITE_ERRORS as exc:
            self.abort()
            raise self._reason(exc) from exc

    def close(self) -> Path:
        """Complete the file and give it its name; raises OutputError when it cannot be completed or has no frame."""
        if not self._open:
            return self.path
        if not self.written:
            self.abort()
            raise OutputError("“{name}” was not written because it has no frames.", name=self.path.name)
        try:
            self._sink.finish()
            if self._sign is not None:
                self._sign(self._part)
            settle(self._part)
            os.replace(self._part, self.path)
        except WRITE_ERRORS as exc:
            self.abort()
            raise self._reason(exc) from exc
        except BaseException:
            self.abort()
            raise
        self._open = False
        return self.path

    def abort(self) -> None:
        """Stop and leave nothing behind."""
        if self._open:
            self._open = False
            self._sink.drop()

    def _opened(self) -> Sink:
        try:
            return open_sink(self._film)
        except WRITE_ERRORS as exc:
            remove(self._part)
            raise self._reason(exc) from exc

    def _reason(self, exc: BaseException) -> OutputError:
        if isinstance(exc, (av.error.ArgumentError, av.error.ExternalError, av.error.UnknownError)):
            return OutputError(
                "{format} cannot be written at {size} and {rate} frames a second. Choose another size or format.",
                format=tr(self._preset.title),
                size=self.size,
                rate=self.rate,
            )
        return unwritable(self.path, exc)
