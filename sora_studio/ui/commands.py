"""What the window's commands do: projects, edits, verbs, travel in time, and the panels that come and go."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QWidget

from sora_studio.core.filenames import portable
from sora_studio.core.language import mark, tr
from sora_studio.session.session import Notice
from sora_studio.ui.attempt import attempt
from sora_studio.ui.dialogs.export import ExportDialog
from sora_studio.ui.dialogs.opening import open_project
from sora_studio.ui.dialogs.seeds import SeedsDialog
from sora_studio.ui.dialogs.versions import VersionsDialog
from sora_studio.ui.inside.dialog import InsideDialog
from sora_studio.ui.models.dialog import ModelsDialog
from sora_studio.ui.panels.prompt_weights import STEP, change_weight
from sora_studio.ui.panels.storyboard_card import CardWords
from sora_studio.ui.shell.panels import PanelCommands
from sora_studio.ui.verb_commands import VerbCommands

if TYPE_CHECKING:
    from sora_studio.ui.window import MainWindow


class Commands(QObject):
    """One method a command; `acts` is the table the actions are made from."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._export: ExportDialog | None = None
        self._seeds: SeedsDialog | None = None
        self._inside: InsideDialog | None = None
        self._models: ModelsDialog | None = None
        self.panels = PanelCommands(window.docks, self)
        self.verbs = VerbCommands(window.inspector)
        window.timeline.commands.look_inside = self.look_inside

    def acts(self) -> dict[str, Callable[[], object]]:
        """What each command of `actions.COMMANDS` does."""
        window = self._window
        return {
            "new": self.new,
            "open": self.open,
            "save": self.save,
            "save_as": self.save_as,
            "restore": self.restore,
            "import": self.import_media,
            "export": self.export,
            "import_timeline": self.import_timeline,
            "export_timeline": self.export_timeline,
            "models": self.models,
            "quit": window.close,
            "select_none": self.leave,
            "weigh_more": partial(self.weigh, STEP),
            "weigh_less": partial(self.weigh, -STEP),
            "generate": window.inspector.generate,
            "try_seeds": self.try_seeds,
            "generate_storyboard": window.storyboard.generate,
            **self.verbs.acts(),
            **self._views(),
        }

    def _views(self) -> dict[str, Callable[[], object]]:
        window = self._window
        shown: dict[str, Callable[[], object]] = {name: partial(self._show, name) for name in window.panels()}
        return (shown | self.panels.acts()) | {
            "show_queue": window.queue.fold.toggle,
            "focus_prompt": self.write_prompt,
            "reset_layout": self.reset_layout,
            "look_inside": self.look_inside,
        }

    def _show(self, name: str) -> None:
        dock = self._window.panels()[name]
        if dock.isHidden():
            dock.bring()
        else:
            dock.hide()

    def leave(self) -> None:
        """Out of a text field and to the tracks; from anywhere else, let go of the selection."""
        if isinstance(QApplication.focusWidget(), QLineEdit | QPlainTextEdit | QAbstractSpinBox):
            self._window.timeline.view.setFocus()
        else:
            self._session.select()
            self._session.pick(None)

    def weigh(self, by: float) -> None:
        """Another weight for the words at the cursor, in the prompt or in the card that is being written."""
        focus = QApplication.focusWidget()
        field = focus if isinstance(focus, CardWords) else self._window.inspector.prompt.editor
        if not change_weight(field, by):
            self._window.queue.say(tr("Put the cursor into a word of the prompt first"))

    def write_prompt(self) -> None:
        """Bring the prompt into sight and the cursor into it."""
        self._window.docks.inspector.bring()
        self._window.inspector.prompt.editor.setFocus()

    def reset_layout(self) -> None:
        """The panels and their proportions as built."""
        for name, dock in self._window.panels().items():
            dock.setVisible(name not in self._window.FOLDED_AT_FIRST)
        self._window.default_layout()

    def new(self) -> None:
        """An empty project in a folder of the artist's choice; the open one is saved first."""
        folder = self._window.chooser.open_folder(self._window, tr("Folder for the new project"))
        if folder and self._kept():
            attempt(self._session, lambda: self._session.new(folder))

    def open(self) -> None:
        """Another project's folder; the open one is saved first."""
        folder = self._window.chooser.open_folder(self._window, tr("Open a project's folder"))
        if folder and self._kept():
            open_project(self._session, folder)

    def open_copy(self, folder: Path) -> None:
        """A project that another window has open, as a copy; the open one is saved first."""
        if self._kept():
            open_project(self._session, folder, copy=True)

    def open_left(self, folder: Path) -> None:
        """A project with changes that could not be saved; the open one is saved first."""
        if self._kept():
            attempt(self._session, lambda: self._session.open_left(folder))

    def save(self) -> bool:
        """Write the project where it lives, or ask where that is."""
        if self._session.folder is None:
            return self.save_as()
        return self._saved(self._session.save)

    def save_as(self) -> bool:
        """Write the project and its media into another folder and go on there."""
        folder = self._window.chooser.open_folder(self._window, tr("Folder to save the project in"))
        return folder is not None and self._saved(lambda: self._session.save_as(folder))

    def restore(self) -> VersionsDialog:
        """The earlier versions of the project."""
        dialog = VersionsDialog(self._session, self._window)
        dialog.restored.connect(self._restored)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()
        return dialog

    def _restored(self, time: str) -> None:
        self._window.timeline.fit()
        notice = Notice("info", tr("Restored: {time}", time=time))
        self._window.toasts.show(notice, (tr("Undo"), self._session.undo))

    def import_media(self) -> None:
        """Pictures, videos and sounds into the library."""
        self._bring(self._window.library)
        self._window.library.import_files()

    def show_looks(self) -> None:
        """The page of looks in sight."""
        self._bring(self._window.looks)

    def _bring(self, page: QWidget) -> None:
        """A page of the library in sight."""
        self._window.docks.library.bring()
        self._window.docks.shelves.bring(page)

    def import_timeline(self) -> None:
        """The timeline of another program in place of the open one."""
        path = self._window.chooser.open_file(self._window, tr("Import a timeline"), tr("OpenTimelineIO (*.otio)"))
        if path is not None and attempt(self._session, lambda: self._say(self._session.import_timeline(path))):
            self._window.timeline.fit()
            self._window.queue.say(tr("Timeline imported; undo brings the former one back"))

    def export_timeline(self) -> None:
        """The timeline for another program."""
        name = portable(self._session.project.name, tr("Untitled"))
        suggested = (self._session.folder or Path.home()) / f"{name}.otio"
        kinds = tr("OpenTimelineIO (*.otio);;CMX 3600 EDL (*.edl);;Final Cut Pro XML (*.fcpxml)")
        path = self._window.chooser.save_file(self._window, tr("Export the timeline"), suggested, kinds)
        if path is None:
            return
        target = path if path.suffix else path.with_suffix(".otio")
        if attempt(self._session, lambda: self._say(self._session.export_timeline(target))):
            self._window.toasts.show(Notice("info", tr("{file} is written.", file=target.name)))

    def _say(self, notes: tuple[str, ...]) -> None:
        for note in notes:
            self._session.noticed.emit(Notice("info", note))

    def export(self) -> None:
        """Ask how to write the timeline; one dialog at a time, which stays beside the work."""
        if self._export is None:
            self._export = ExportDialog(self._session, self._window.chooser, self._window)
            self._export.finished_file.connect(self._written)
        self._export.show()
        self._export.raise_()
        self._export.activateWindow()

    def try_seeds(self) -> None:
        """Four seeds of the draft to an early step, side by side; the chosen one goes on."""
        draft = self._window.inspector.draft()
        steps = round(self._seeds.step.value) if self._seeds is not None and self._seeds.isVisible() else None
        if not attempt(self._session, lambda: self._session.try_seeds(draft, steps)):
            return
        if self._seeds is None:
            self._seeds = SeedsDialog(self._session, self._window)
            self._seeds.asked.connect(self.try_seeds)
        self._seeds.show()
        self._seeds.raise_()
        self._seeds.activateWindow()

    def look_inside(self, media: str | None = None) -> None:
        """How a clip (None: the selected one) formed, step by step, seen from within the network."""
        media = media or self._session.inside_choice()
        if media is None or not attempt(self._session, lambda: self._session.look_inside(media)):
            return
        if self._inside is None:
            self._inside = InsideDialog(self._session, self._window)
        self._inside.show()
        self._inside.raise_()
        self._inside.activateWindow()

    def models(self) -> None:
        """The open models: what there is, and what is here."""
        if self._models is None:
            self._models = ModelsDialog(self._session, self._window.chooser, self._window)
        self._models.show()
        self._models.raise_()
        self._models.activateWindow()

    def _written(self, path: Path) -> None:
        dialog = self._export
        act = (mark("Show in folder"), dialog.show_in_folder) if dialog is not None else None
        self._window.toasts.show(Notice("info", tr("{name} is written.", name=path.name)), act)

    def _kept(self) -> bool:
        return not self._session.modified or self.save()

    def _saved(self, act: Callable[[], object]) -> bool:
        done = attempt(self._session, act)
        if done:
            self._window.queue.say(tr("Saved"))
        return done
