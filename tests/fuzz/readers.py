"""Every reader of the studio as a function of a folder with one input, with what is done with the file next: a reader
that lets through what its users then trip over has failed as well.

`python -m tests.fuzz.readers` is the process that reads.
"""

from __future__ import annotations

import contextlib
import json
import os
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin

from sora_studio.core.errors import BadInput
from sora_studio.core.looks import load_look, to_text
from sora_studio.core.project import from_data, to_data
from sora_studio.core.recipe import own_words, to_recipe
from sora_studio.core.setup import Setup, setup_from
from sora_studio.core.time import Rate, Size
from sora_studio.engines.families.known import find
from sora_studio.jobs.experience import Experience
from sora_studio.jobs.kept import reached
from sora_studio.jobs.latents_file import Mark, latents_from, read_latents, read_standing
from sora_studio.jobs.pace import Pace
from sora_studio.media.decode import VideoReader
from sora_studio.media.footage import tail
from sora_studio.media.interchange.reading import read_otio
from sora_studio.media.metadata import read_recipe
from sora_studio.media.pillow import load_image
from sora_studio.media.probe import probe
from sora_studio.media.sound import SoundReader
from sora_studio.media.sound_info import probe_sound
from sora_studio.media.thumbnails import thumbnails
from sora_studio.media.waveform import _key, cached_peaks, peaks
from sora_studio.session import lock, orders, store
from sora_studio.session.presence import Presence
from sora_studio.session.prompt_book import EngineChoices, PromptBook
from sora_studio.session.view_store import load_heights, save_heights
from sora_studio.session.wordlists import lists_folder, read_list
from sora_studio.settings.file import load_settings, save_settings
from sora_studio.settings.keys import read_key_map, write_key_map
from sora_studio.weights import shelf
from sora_studio.weights.catalogue import read_catalogue
from sora_studio.weights.headers import read_header
from sora_studio.weights.lora import read_lora, scales_of
from sora_studio.weights.places import comfy_folders
from sora_studio.weights.scan import look
from tests.fuzz.serving import Reader, serve

MARK = Mark("request", "fake", "gradients", 1, 3, 2**63 - 1, 8)
LARGE = 4_000_000
"""Pixels above which a picture is only described."""


def _one(folder: Path) -> Path:
    return next(path for path in sorted(folder.iterdir()) if path.is_file())


def _video(folder: Path) -> None:
    path = _one(folder)
    read_recipe(path)
    info = probe(path)
    with VideoReader(path) as reader:
        for picture in islice(reader.frames(), 12):
            assert picture.shape == (info.size.height, info.size.width, 3)
        if info.size.width * info.size.height < LARGE:
            reader.frame(info.frames - 1)
            reader.frame(info.frames // 2)
            reader.frame(0)
            assert reader.deep_at(Fraction(0)).shape == (info.size.height, info.size.width, 3)
    if info.size.width * info.size.height < LARGE:
        tail(path, Rate(8), 2, Size(16, 16))
        thumbnails(path, 3, Size(32, 24))


def _picture(folder: Path) -> None:
    path = _one(folder)
    read_recipe(path)
    info = probe(path)
    assert load_image(path).shape == (info.size.height, info.size.width, 3)
    with VideoReader(path) as reader:
        assert reader.deep_at(Fraction(0)).shape == (info.size.height, info.size.width, 3)
    tail(path, Rate(8), 2, Size(16, 16))


def _sound(folder: Path) -> None:
    path = _one(folder)
    probe_sound(path)
    reader = SoundReader(path)
    try:
        for start in (0, max(0, reader.length - 500), 100):
            assert reader.read(start, 1000).shape == (1000, 2)
    finally:
        reader.close()
    peaks(path)


def _waveform(folder: Path) -> None:
    """A kept waveform that was damaged is made anew, here of a file that is no sound."""
    sound = folder / "no sound.wav"
    sound.write_bytes(b"none")
    (folder / "kept.peaks").rename(folder / f"{_key(sound)}.peaks")
    assert cached_peaks(sound, folder).shape == (100,)


def _project(folder: Path) -> None:
    project = store.load(folder)
    for item in project.media.values():
        store.media_path(folder, item)
        store.place_of(folder, item)
        if item.made_from is not None:
            own_words(item.made_from)
    heights = load_heights(folder, project.timeline)
    save_heights(heights, folder)
    store.save(project, folder)
    assert to_data(store.load(folder)) == to_data(project)
    store.from_elsewhere(project, folder)
    assert from_data(to_data(project)) == project
    assert project.timeline.length >= 0


def _recipe(folder: Path) -> None:
    """As it travels: in the notes of a picture."""
    notes, path = PngImagePlugin.PngInfo(), folder / "made.png"
    notes.add_itxt("comment", (folder / "recipe.json").read_text(encoding="utf-8", errors="replace"))
    Image.fromarray(np.zeros((16, 16, 3), np.uint8)).save(path, pnginfo=notes)
    recipe = read_recipe(path)
    if recipe is None:
        raise BadInput("There is no recipe in this file.")
    order = orders.repeat(recipe, "again", lambda name: folder / name)
    json.dumps(to_recipe(order.request)).encode()
    order.request.again(3)
    json.dumps(order.recipe()).encode()


def _look(folder: Path) -> None:
    found = load_look(_one(folder))
    found.apply("a boat")
    to_text(found).encode()


def _lora(folder: Path) -> None:
    path = _one(folder)
    found = read_lora(path)
    [word.encode() for word in found.words]
    scales_of(read_header(path))("blocks.0.attn1.to_q", 4)


def _weights(folder: Path) -> None:
    path = _one(folder)
    found = look(path, "folder")
    read_header(path)  # says again what speaks against it
    found.reason.encode()


def _checkpoint(folder: Path) -> None:
    found = find(folder / "model", "model")
    found.networks()
    assert found.capabilities.memory_bytes > 0


def _downloads(folder: Path) -> None:
    for one in shelf.all_held(folder):
        shelf.check(one)
        manifest = shelf.read_manifest(one.folder)
        assert manifest is not None
        shelf.missing(one.folder, manifest)


def _kept(folder: Path) -> None:
    path = _one(folder)
    reached(folder)
    with contextlib.suppress(ValueError):  # what it promises
        latents_from(path.read_bytes())
    standing = read_standing(path)
    read_latents(path, standing.mark)
    read_latents(path, MARK)


def _settings(folder: Path) -> None:
    path = _one(folder)
    found = load_settings(path)
    save_settings(found.settings, path)
    assert load_settings(path).settings == found.settings


def _keys(folder: Path) -> None:
    path = _one(folder)
    write_key_map(read_key_map(path), path)


def _wordlist(folder: Path) -> None:
    lists_folder().mkdir(parents=True, exist_ok=True)
    os.replace(_one(folder), lists_folder() / "colours.txt")
    [choice.encode() for choice in read_list("colours")]


def _remembered(folder: Path) -> None:
    """Every one of the small files is tried with every reader of them."""
    path = _one(folder)
    Pace(history=path).seconds_left()
    Experience(path).of("sora", Setup("card", "bf16"))
    book = PromptBook(path)
    book.add("a boat")
    choices = EngineChoices(path)
    choices.of("sora")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        found = None
    for data in found.values() if isinstance(found, dict) else ():
        setup_from(data)
    Presence(folder).begin()


def _lock(folder: Path) -> None:
    lock.take(folder)
    lock.release(folder)


def _drag(folder: Path) -> None:
    from sora_studio.ui.drag.mime import _own

    _own(_one(folder).read_bytes())


def _otio(folder: Path) -> None:
    found = read_otio(_one(folder))
    json.dumps(to_data(found.project)).encode()
    [note.encode() for note in found.notes]


READERS: dict[str, Reader] = {
    "video": Reader(_video, 3),
    "picture": Reader(_picture, 3),
    "animation": Reader(_video, 2),
    "sound": Reader(_sound, 2),
    "waveform": Reader(_waveform),
    "project": Reader(_project, 4),
    "recipe": Reader(_recipe, 3),
    "otio": Reader(_otio, 3),
    "look": Reader(_look, 2),
    "lora": Reader(_lora, 2),
    "weights": Reader(_weights, 3),
    "checkpoint": Reader(_checkpoint, 3),
    "downloads": Reader(_downloads),
    "catalogue": Reader(lambda folder: read_catalogue(_one(folder))),
    "comfy": Reader(comfy_folders),
    "kept": Reader(_kept, 2),
    "settings": Reader(_settings, 2),
    "keys": Reader(_keys),
    "wordlist": Reader(_wordlist),
    "remembered": Reader(_remembered, 3),
    "lock": Reader(_lock),
    "drag": Reader(_drag),
}


if __name__ == "__main__":
    serve(READERS)
