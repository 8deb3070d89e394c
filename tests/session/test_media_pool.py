"""Media of a project: taken in once, starred, named, taken out without loss, found again after they moved."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from sora_studio.core.errors import BadInput
from sora_studio.core.library import Shelf, chosen
from sora_studio.core.media_item import Ready
from sora_studio.media.fingerprint import SAMPLE, fingerprint, length_of
from sora_studio.session import relink
from tests.session.conftest import DRAFT, Studio


def test_a_fingerprint_tells_files_apart_by_length_and_ends(tmp_path: Path) -> None:
    def mark(name: str, data: bytes) -> str:
        path = tmp_path / name
        path.write_bytes(data)
        return fingerprint(path)

    long = bytes(range(256)) * (SAMPLE // 64)
    assert mark("a", long) == mark("b", long)
    assert len({mark("c", long), mark("d", long[:-1]), mark("e", b"x" + long[1:]), mark("f", long[:-1] + b"x")}) == 4
    assert mark("g", b"") != mark("h", b"h")
    assert length_of(mark("i", long)) == len(long)
    assert length_of("") == -1


def test_a_file_is_taken_in_once_with_its_recipe(studio: Studio, moving: Path) -> None:
    session = studio.session
    first = session.import_media(moving)
    assert session.import_media(moving) == first
    assert session.item(first).fingerprint
    session.generate(DRAFT)
    studio.settled()
    made = studio.made(session.selection[0])
    path = session.media_path(made.id)
    assert path is not None
    assert made.fingerprint == fingerprint(path)
    outside = moving.with_name("sent.mp4")
    shutil.copy(path, outside)
    again = session.item(session.import_media(outside))
    assert again.id != made.id
    assert again.made_from == made.made_from


def test_stars_names_and_captions_are_kept_and_found(studio: Studio, moving: Path, still: Path) -> None:
    session = studio.session
    film, photo = session.import_media(moving), session.import_media(still)
    session.star(film, photo)
    session.star(photo, on=False)
    session.rename(photo, "  The   lake ")
    session.describe(film, "a boat at dawn")
    items = session.project.media.values()
    assert chosen(items, Shelf.STARRED) == (session.item(film),)
    assert chosen(items, words="DAWN boat") == (session.item(film),)
    assert chosen(items, words="lake") == (session.item(photo),)
    assert chosen(items) == (session.item(photo), session.item(film))
    assert [item.id for item in chosen(items, Shelf.IMAGES)] == [photo]
    assert [item.id for item in chosen(items, Shelf.VIDEO)] == [film]
    session.save()
    before = session.project
    session.open(session._home)
    assert session.project == before
    with pytest.raises(BadInput, match="needs a name"):
        session.rename(film, "   ")


def test_what_is_on_the_timeline_is_not_taken_out_by_accident(studio: Studio, moving: Path) -> None:
    session = studio.session
    film = session.import_media(moving)
    clip = session.place(film, 0, 0)
    with pytest.raises(BadInput, match=r"shown by a clip.*Delete"):
        session.remove_media(film)
    session.remove_media(film, with_clips=True)
    assert film not in session.project.media
    assert not session.timeline.has(clip)
    assert moving.exists()
    session.undo()
    assert session.timeline.has(clip)
    assert session.item(film).name == "moving"
    session.redo()
    assert not session.timeline.has(clip)


def test_undo_past_a_removal_brings_the_medium_back(studio: Studio, moving: Path, still: Path) -> None:
    session = studio.session
    film = session.import_media(moving)
    session.select(session.place(film, 0, 0))
    session.delete()
    session.remove_media(film)
    session.place(session.import_media(still), 0, 0)
    session.undo()
    session.undo()
    assert session.uses(film)
    assert session.item(film)
    photo = session.import_media(still)
    session.remove_media(photo)
    session.restore_media(photo)
    assert session.item(photo)
    session.remove_media(photo)
    assert session.import_media(still) == photo


def test_what_is_being_made_is_not_taken_out(studio: Studio) -> None:
    studio.session.generate(DRAFT)
    (media,) = studio.session.project.media
    with pytest.raises(BadInput, match=r"being made.*Cancel"):
        studio.session.remove_media(media, with_clips=True)


def test_a_kept_frame_is_a_picture_of_the_project(studio: Studio) -> None:
    session = studio.session
    media = session.keep_frame(np.full((48, 64, 3), 90, np.uint8), "Frame 12 of moving")
    item = session.item(media)
    assert (item.name, item.frames, str(item.size)) == ("Frame 12 of moving", 1, "64x48")
    path = session.media_path(media)
    assert path is not None
    assert path.parent == session._home / "media"


def test_moved_media_are_found_again_all_at_once(studio: Studio, moving: Path, still: Path, tmp_path: Path) -> None:
    session = studio.session
    shot, card = tmp_path / "shot", tmp_path / "card" / "a" / "b"
    shot.mkdir()
    card.mkdir(parents=True)
    for source, name in ((moving, "one.mp4"), (still, "two.png")):
        shutil.copy(source, shot / name)
    film, photo = session.import_media(shot / "one.mp4"), session.import_media(shot / "two.png")
    assert session.missing_media() == ()
    (shot / "one.mp4").rename(card / "renamed.mp4")
    (shot / "two.png").rename(card / "two.png")
    (card / "one.mp4").write_bytes(b"another film of that name")
    lost = session.missing_media()
    assert {item.id for item in lost} == {film, photo}
    found = relink.search(tmp_path / "card", lost)
    assert found == {film: card / "renamed.mp4", photo: card / "two.png"}
    session.relink(found)
    assert session.missing_media() == ()
    assert session.media_path(film) == card / "renamed.mp4"


def test_media_of_older_projects_are_found_by_name_and_shape(studio: Studio, moving: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    session = studio.session
    film = session.import_media(moving)
    old = replace(session.item(film), fingerprint="", state=Ready("C:\\films\\moving.mp4"))
    assert relink.search(moving.parent, [old]) == {film: moving}
    (tmp_path / "other").mkdir()
    shutil.copy(moving, tmp_path / "other" / "x.mp4")
    assert relink.search(tmp_path / "other", [old]) == {}


def test_another_file_is_not_taken_for_the_lost_one(studio: Studio, moving: Path, still: Path) -> None:
    session = studio.session
    film = session.item(session.import_media(moving))
    relink.check(film, moving)
    with pytest.raises(BadInput, match=r"is not “moving”.*a picture of 400x300 instead of 48 frames"):
        relink.check(film, still)
