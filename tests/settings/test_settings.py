"""Settings are declared once, survive a round trip, and never keep the studio from starting."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from sora_studio.core.errors import OutputError
from sora_studio.settings.fields import About, accepted, described
from sora_studio.settings.file import load_settings, save_settings
from sora_studio.settings.folders import config_folder, data_folder, settings_file
from sora_studio.settings.sections import General, Generation, Interface, Models, Settings

EVERY = [
    (section.name, entry.name, getattr(getattr(Settings(), section.name), entry.name), about)
    for section in fields(Settings())
    for entry, about in described(getattr(Settings(), section.name))
]


@pytest.mark.parametrize(("section", "name", "default", "about"), EVERY, ids=[f"{s}.{n}" for s, n, _, _ in EVERY])
def test_every_setting_has_text_and_limits(section: str, name: str, default: object, about: About) -> None:
    assert re.fullmatch(r"[A-Z].{2,40}", about.title)
    assert about.text.endswith(".")
    assert accepted(default, default, about)
    if isinstance(default, int | float) and not isinstance(default, bool):
        assert about.low is not None
        assert about.high is not None
        assert about.low < about.high
        for outside in (about.low - 1, about.high + 1, float("nan"), "3", True):
            assert not accepted(outside, default, about)
    if isinstance(default, bool):
        assert not accepted(1, default, about)
    if isinstance(default, tuple):
        assert about.pattern
        for wrong in ("text", [""], [" "], [3], None, {"a": 1}):
            assert not accepted(wrong, default, about)
        assert accepted(["/a", "b c"], default, about)
    if isinstance(default, str):
        assert about.pattern or about.choices
        assert not accepted("", default, about)
        for choice, title in about.choices:
            assert accepted(choice, default, about)
            assert title


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.toml"
    chosen = Settings(
        General(0.2, False),
        Generation("sora", 4.5, "144x144", 12, 3.0),
        Models("/films/my models", ("/mnt/a b", "~/ComfyUI")),
        Interface("zh_TW", "light", 1.5, "reduced", True),
    )
    save_settings(chosen, path)
    assert load_settings(path).settings == chosen
    assert load_settings(path).notices == ()


def test_a_missing_file_gives_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none.toml").settings == Settings()


def test_unknown_keys_stay(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('colour = "teal"\n[general]\nfuture = [1, 2]\n[later]\nkey = true\n', encoding="utf-8")
    assert load_settings(path).notices == ()
    save_settings(Settings(), path)
    text = path.read_text(encoding="utf-8")
    assert 'colour = "teal"' in text
    assert "future" in text
    assert "[later]" in text


def test_values_out_of_limits_give_the_default_and_a_notice(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('general = 3\n[generation]\nsteps = 0\nseconds = 3\nsize = "big"\n', encoding="utf-8")
    loaded = load_settings(path)
    assert loaded.settings == replace(Settings(), generation=replace(Generation(), seconds=3.0))
    assert isinstance(loaded.settings.generation.seconds, float)
    assert len(loaded.notices) == 3
    assert any("generation.steps" in notice for notice in loaded.notices)


@pytest.mark.parametrize("content", [b"[general", b"\xff\xfe\x00", b"a = 1\na = 2\n"])
def test_a_damaged_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    loaded = load_settings(path)
    assert loaded.settings == Settings()
    assert "damaged" in loaded.notices[0]
    assert (tmp_path / "settings.damaged.toml").read_bytes() == content
    assert not path.exists()


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        save_settings(Settings(), tmp_path / "file" / "settings.toml")


def test_one_variable_moves_all_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SORA_STUDIO_HOME", str(tmp_path))
    assert settings_file() == tmp_path / "config" / "settings.toml"
    assert config_folder() != data_folder()
    monkeypatch.delenv("SORA_STUDIO_HOME")
    assert "sora-studio" in str(config_folder())
    assert "sora-studio" in str(data_folder())
