"""The commands around the panels and what they do: palette, shortcuts, preferences, theme, layouts, help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sora_studio.settings.keys import load_key_map
from sora_studio.settings.sections import Settings
from sora_studio.ui import theme
from sora_studio.ui.actions import Command, make_actions
from sora_studio.ui.shell.about import AboutDialog
from sora_studio.ui.shell.appearance import Appearance
from sora_studio.ui.shell.demo import make_demo
from sora_studio.ui.shell.key_maps import resolved
from sora_studio.ui.shell.layouts import LAYOUTS, arrange
from sora_studio.ui.shell.palette import CommandPalette
from sora_studio.ui.shell.preferences import PreferencesDialog
from sora_studio.ui.shell.report import CrashDialog, copy_report
from sora_studio.ui.shell.shortcuts import ShortcutsDialog
from sora_studio.ui.shell.tour import Tour

if TYPE_CHECKING:
    from sora_studio.ui.window import MainWindow

COMMANDS: tuple[Command, ...] = (
    Command("preferences", "Preferences…", ("Ctrl+,",), "Edit", "settings-2", rule=True),
    Command("layout_edit", "Layout for editing", ("Alt+Shift+1",), "View", rule=True),
    Command("layout_generate", "Layout for generating", ("Alt+Shift+2",), "View"),
    Command("layout_review", "Layout for reviewing", ("Alt+Shift+3",), "View"),
    Command("mirror", "Swap the sides", (), "View", "arrow-left-right", checkable=True),
    Command("switch_theme", "Switch between dark and light", ("Ctrl+Alt+T",), "View", "contrast"),
    Command("command_palette", "Command palette…", ("Ctrl+Shift+P",), "Help", "search"),
    Command("shortcuts", "Keyboard shortcuts…", ("Ctrl+Alt+K",), "Help", "keyboard"),
    Command("tour", "Take the tour", ("F1",), "Help", "map", rule=True),
    Command("demo", "Make the demo film", (), "Help", "clapperboard"),
    Command("copy_report", "Copy report", (), "Help", "file-output"),
    Command("about", "About Sora Studio", (), "Help", "info", rule=True),
)


class Shell(QObject):
    """Makes the actions; dialogs are made when they are first asked for."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._palette: CommandPalette | None = None
        self._appearance = Appearance(self)
        self.actions = make_actions(window, self._acts(), COMMANDS)

    def _acts(self) -> dict[str, Callable[[], object]]:
        acts: dict[str, Callable[[], object]] = {name: partial(arrange, self._window, name) for name in LAYOUTS}
        return acts | {
            "preferences": self.preferences,
            "mirror": self.mirror,
            "switch_theme": self.switch_theme,
            "command_palette": self.palette,
            "shortcuts": self.shortcuts,
            "tour": self.tour,
            "demo": lambda: make_demo(self._window.session),
            "copy_report": lambda: copy_report(self._window.session),
            "about": self.about,
        }

    def begin(self) -> None:
        """Once all commands are registered: the artist's keys, theme and motion."""
        window = self._window
        window.registry.use_keys(resolved(window.registry, load_key_map()))
        self._appearance.follow(window.session.settings.interface)
        if window.layout_store.switch("mirror", False):
            self.actions["mirror"].trigger()

    def first_run(self) -> None:
        """What a newcomer meets: a film that is being made, and the tour, once."""
        window = self._window
        if window.layout_store.switch("welcomed", False):
            return
        window.layout_store.set_switch("welcomed", True)
        if window.session.timeline.length == 0:
            make_demo(window.session)
        self.tour()

    def palette(self) -> CommandPalette:
        """Ask for a command."""
        if self._palette is None:
            self._palette = CommandPalette(self._window.registry, self._window.layout_store.settings, self._window)
        self._palette.ask()
        return self._palette

    def shortcuts(self) -> ShortcutsDialog:
        """Edit the keys."""
        window = self._window
        dialog = ShortcutsDialog(window.registry, load_key_map(), window.chooser, window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()
        return dialog

    def preferences(self) -> PreferencesDialog:
        """Edit the settings; they hold at once where they can."""
        session = self._window.session
        dialog = PreferencesDialog(session.settings, self._window, session.engines())
        dialog.changed.connect(self.use_settings)
        session.adjusted.connect(dialog.follow)
        dialog.finished.connect(lambda: session.adjusted.disconnect(dialog.follow, missing_ok=True))
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()
        return dialog

    def use_settings(self, settings: Settings) -> None:
        """Make settings hold, and keep them."""
        self._window.session.adjust(settings)
        self._appearance.follow(settings.interface)

    def switch_theme(self) -> None:
        """The other of dark and light, kept."""
        settings = self._window.session.settings
        other = "light" if theme.tokens() == theme.DARK else "dark"
        self.use_settings(replace(settings, interface=replace(settings.interface, theme=other)))

    def mirror(self) -> None:
        """Library on the right and inspector on the left, or the other way, each where it stands as built."""
        on = self.actions["mirror"].isChecked()
        self._window.docks.mirror(on)
        self._window.layout_store.set_switch("mirror", on)

    def tour(self) -> Tour:
        """The marks, one after the other."""
        tour = Tour(self._window)
        tour.ended.connect(tour.deleteLater)
        tour.begin()
        return tour

    def after_crash(self, left: tuple[Path, ...]) -> CrashDialog:
        """Say that a window did not end properly, and what can be done."""
        dialog = CrashDialog(self._window.session, left, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()
        return dialog

    def about(self) -> AboutDialog:
        """Version, licences, disclaimer."""
        dialog = AboutDialog(self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()
        return dialog
