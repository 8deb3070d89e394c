"""Pictures of the window in its states: python tests/ui/screenshots.py FOLDER [WIDTHxHEIGHT ...]

Real window, real session and queue, the engine of gradients; without a display it runs offscreen.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QWidget

from sora_studio.core.request import Frames
from sora_studio.core.time import Rate, Size
from sora_studio.media.encode import VideoWriter
from sora_studio.media.images import save_png
from sora_studio.session.views import Notice
from sora_studio.ui.application import make_application
from sora_studio.ui.async_jobs import make_loop
from sora_studio.ui.bench import wait
from sora_studio.ui.dialogs.export import ExportDialog
from sora_studio.ui.panels.drop_zone import DropZone
from sora_studio.ui.window import MainWindow
from tests.fakes.desk import Desk, fake_queue

DUNES, NIGHT = (0.95, 0.62, 0.42), (0.34, 0.36, 0.62)


def landscape(count: int, size: Size, sky: tuple[float, float, float]) -> Frames:
    """A sun over hills that wanders to the right."""
    y, x = np.mgrid[0 : size.height, 0 : size.width].astype(np.float32)
    x, y = x / size.width, y / size.height
    frames = []
    for t in np.linspace(0, 1, count):
        picture = np.stack([part * (0.55 + 0.6 * y) for part in sky], -1)
        sun = np.exp(-(((x - 0.25 - 0.5 * t) * size.aspect) ** 2 + (y - 0.4) ** 2) * 40)
        picture += sun[..., None] * np.array([0.5, 0.4, 0.25])
        for layer in range(3):
            hill = 0.6 + 0.13 * layer + 0.05 * np.sin(x * (7 - layer) + layer * 2 + t * (layer + 1))
            picture[y > hill] = np.array(sky) * (0.5 - 0.14 * layer)
        frames.append(np.clip(picture * 255, 0, 255).astype(np.uint8))
    return np.stack(frames)


class Studio:
    """The window with two films and a picture, and the states it is shown in."""

    def __init__(self, folder: Path, size: Size) -> None:
        self.folder = folder
        self.queue = fake_queue()
        self.desk = Desk(folder / "Desert sunrise", self.queue)
        self.window = MainWindow(self.desk, QSettings(str(folder / "layout.ini"), QSettings.Format.IniFormat))
        self.window.resize(size.width, size.height)
        self.window.show()
        self.window.default_layout()
        wait(0.5)

    def states(self) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
        return (
            ("empty", lambda: self.window),
            ("films", self.films),
            ("drop", self.drop),
            ("clip", self.clip),
            ("bridge", self.bridge),
            ("expert", self.expert),
            ("generating", self.generating),
            ("queue", self.unfolded),
            ("export", self.export),
            ("menu", self.menu),
        )

    def films(self) -> QWidget:
        size, desk = Size(640, 368), self.desk
        for name, sky, frames in (("Opening dunes", DUNES, 96), ("Night", NIGHT, 72)):
            path = self.folder / f"{name}.mp4"
            with VideoWriter(path, size, Rate(24)) as writer:
                writer.write(landscape(frames, size, sky))
            desk.place(desk.import_media(path), 0, desk.timeline.tracks[0].stop)
        save_png(self.folder / "Still.png", landscape(1, size, DUNES)[0])
        desk.place(desk.import_media(self.folder / "Still.png"), 1, 40)
        desk.seek(30)
        self.window.inspector.state.update(
            prompt="A caravan crosses endless dunes at sunrise, slow dolly-in, dust in the air",
            first=self.folder / "Still.png",
            look="watercolour",
        )
        self.window.timeline.fit()
        wait(1.0)
        return self.window

    def drop(self) -> QWidget:
        self.window.drops.hints.veil.show_over(self.window.monitor, "Drop to add to the timeline")
        zone = self.window.findChild(DropZone, "lastImage")
        zone.set_hot(True)
        wait(0.2)
        return self.window

    def clip(self) -> QWidget:
        self.window.drops.hints.hide()
        self.window.findChild(DropZone, "lastImage").set_hot(False)
        self.desk.select(self.desk.timeline.tracks[0].clips[0].id)
        wait(0.4)
        return self.window

    def bridge(self) -> QWidget:
        self.desk.select(*(clip.id for clip in self.desk.timeline.tracks[0].clips[:2]))
        wait(0.4)
        return self.window

    def expert(self) -> QWidget:
        self.desk.select()
        self.window.inspector.shot.expert.set_open(True)
        self.window.inspector.state.update(seed=804213377)
        wait(0.3)
        return self.window

    def generating(self) -> QWidget:
        self.window.inspector.shot.expert.set_open(False)
        inspector = self.window.inspector
        for prompt in ("A fox in the snow fail", "A caravan slow crosses the dunes", "Night city, neon rain"):
            inspector.state.update(prompt=prompt, first=None, steps=60)
            inspector.generate()
        self.desk.select(self.desk.timeline.tracks[0].clips[-2].id)
        wait(0.2)
        while not any(job.state == "running" and job.step > 20 for job in self.desk.jobs()):
            wait(0.05)
        self.desk.noticed.emit(Notice("info", "Saved to ~/Films/Desert sunrise"))
        self.desk.noticed.emit(Notice("error", "notes.txt is not a picture or video. Drop a PNG, JPEG, MP4 or MOV."))
        wait(0.1)
        return self.window

    def unfolded(self) -> QWidget:
        self.window.queue.fold.setChecked(True)
        wait(0.3)
        return self.window

    def export(self) -> QWidget:
        dialog = ExportDialog(self.desk, self.window.chooser, self.window)
        dialog.show()
        wait(0.3)
        return dialog

    def menu(self) -> QWidget:
        menu = self.window.top.menus.actions()[2].menu()
        menu.popup(self.window.mapToGlobal(self.window.rect().center()))
        wait(0.2)
        return menu

    def close(self) -> None:
        for widget in QApplication.topLevelWidgets():
            if widget is not self.window:
                widget.close()
        self.window.close()
        self.desk.close()
        self.queue.close()


def main(target: Path, sizes: list[Size]) -> int:
    """One folder a size."""
    app = make_application()
    loop = make_loop(app, already_running=True)
    for size in sizes:
        out = target / str(size)
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            os.environ["SORA_STUDIO_HOME"] = str(Path(folder) / "home")
            studio = Studio(Path(folder), size)
            for number, (name, state) in enumerate(studio.states(), 1):
                shown = state()
                shown.grab().save(str(out / f"{number:02d}-{name}.png"))
            studio.close()
    loop.stop()
    loop.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), [Size.parse(text) for text in sys.argv[2:]] or [Size(1600, 1000)]))
