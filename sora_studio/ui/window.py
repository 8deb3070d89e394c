"""The main window: puts the panels together and hands them the session."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QSettings, Signal
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from sora_studio.core.errors import StudioError
from sora_studio.core.language import mark, tr
from sora_studio.core.looks import Look
from sora_studio.session.session import Notice, Session
from sora_studio.ui.actions import keeps, make_actions
from sora_studio.ui.commands import Commands
from sora_studio.ui.dialogs.files import FileChooser, SystemChooser
from sora_studio.ui.dialogs.unsaved import UnsavedDialog
from sora_studio.ui.dock import PanelDock
from sora_studio.ui.docks import Docks, Shelves
from sora_studio.ui.drag.wiring import DropWiring
from sora_studio.ui.layout_store import LayoutStore
from sora_studio.ui.library.panel import LibraryPanel
from sora_studio.ui.looks.panel import LooksPanel
from sora_studio.ui.memory import GiveBack
from sora_studio.ui.menus import fill_menus
from sora_studio.ui.monitor.panel import MonitorPanel
from sora_studio.ui.panels.draft_state import chosen_engine
from sora_studio.ui.panels.inspector import InspectorPanel
from sora_studio.ui.panels.queue import QueueBar
from sora_studio.ui.panels.storyboard import StoryboardPanel
from sora_studio.ui.panels.toasts import Toasts
from sora_studio.ui.panels.top_bar import TopBar, app_icon
from sora_studio.ui.registry import Registry
from sora_studio.ui.shell.commands import Shell
from sora_studio.ui.timeline.panel import TimelinePanel


class MainWindow(QMainWindow):
    """One window over one session; `closed` once it is gone and the project is saved."""

    closed = Signal()
    FOLDED_AT_FIRST = ("show_storyboard",)
    """Panels that a new window does not show."""

    def __init__(
        self, session: Session, layout: QSettings, chooser: FileChooser | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("mainWindow")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(1024, 600)
        self.resize(1440, 900)
        self.session = session
        self._leaves_changes = False
        self.chooser = chooser or SystemChooser()
        self.top = TopBar(session)
        self.inspector = InspectorPanel(session, self.chooser)
        self.library = LibraryPanel(session, self.inspector.state, self.chooser)
        self.monitor = MonitorPanel(session)
        self.timeline = TimelinePanel(session, self.inspector.draft)
        self.storyboard = StoryboardPanel(session, self.inspector.draft, self.chooser)
        self.queue = QueueBar(session)
        self.looks = LooksPanel(session, self.inspector.state, self.chooser)
        shelves = Shelves(self.library, self.looks)
        central = QWidget()
        central.setObjectName("central")
        self.setCentralWidget(central)  # first: what comes into a window as a whole is dressed once more
        self.docks = Docks(central, shelves, self.monitor, self.storyboard, self.timeline, self.inspector)
        self.docks.lay_out(central, self.top, self.queue)
        self.toasts = Toasts(self, self.queue)
        self.commands = Commands(self)
        self.actions_by_name = make_actions(self, self.commands.acts())
        # In the window as well, so that their keys work while the timeline is hidden.
        self.addActions([*self.timeline.actions_list(), *self.monitor.actions_list(), *self.looks.commands.all()])
        self.drops = DropWiring(self)
        self.layout_store = LayoutStore(layout)
        self.shell = Shell(self)
        self.actions_by_name |= self.shell.actions
        self.commands.panels.lead(self.actions_by_name)
        self.registry = self._register()
        self.memory = GiveBack(session, self)
        self.shell.begin()
        fill_menus(self.top.menus, self.registry)
        self._wire()
        self._restore()
        self._follow()

    def _register(self) -> Registry:
        """Every command of the window and its panels, for menus, palette and shortcut editor."""
        registry = Registry(self)
        for action in self.actions_by_name.values():
            registry.add(str(action.property("group")), [action])
        registry.add("timeline", self.timeline.actions_list())
        registry.add("monitor", self.monitor.actions_list())
        registry.add("library", self.library.commands.all(), panel="library")
        registry.add("looks", self.looks.commands.all())
        return registry

    def default_layout(self) -> None:
        """The panels where they stand as built, in proportion to the window."""
        self.docks.place()
        self.docks.as_built(self.width(), self.height())

    def _wire(self) -> None:
        session = self.session
        session.changed.connect(self._follow)
        for signal in (session.selection_changed, session.jobs_changed, session.viewing.changed):
            signal.connect(self._follow_selection)
        session.noticed.connect(self._notice)
        self.inspector.state.changed.connect(self._follow_draft)
        self.library.commands.take_over = self.inspector.take_over
        self.looks.desk.removed.connect(self._look_removed)
        self.looks.commands.shown = self.commands.show_looks
        self.inspector.shot.four.clicked.connect(self.actions_by_name["try_seeds"].trigger)
        self.top.export.clicked.connect(self.actions_by_name["export"].trigger)
        self.queue.folded.connect(lambda folded: self.actions_by_name["show_queue"].setChecked(not folded))
        for name, dock in self.panels().items():
            dock.visibilityChanged.connect(partial(self._follow_dock, self.actions_by_name[name], dock))
        self._follow_draft()

    def panels(self) -> dict[str, PanelDock]:
        """What the View menu shows and hides."""
        docks = self.docks
        return {
            "show_library": docks.library,
            "show_monitor": docks.monitor,
            "show_create": docks.inspector,
            "show_timeline": docks.timeline,
            "show_storyboard": docks.storyboard,
        }

    def _restore(self) -> None:
        self.default_layout()
        self.layout_store.restore(self, self.docks)
        for name, dock in self.panels().items():
            dock.setVisible(self.layout_store.switch(name, name not in self.FOLDED_AT_FIRST))
        self.queue.fold.setChecked(self.layout_store.switch("show_queue", False))
        self.inspector.shot.expert.set_open(self.layout_store.switch("expert", False))

    def _follow_dock(self, action: QAction, dock: PanelDock, _seen: bool) -> None:
        action.setChecked(not dock.isHidden())

    def _follow(self) -> None:
        mark = " •" if self.session.modified else ""
        self.setWindowTitle(tr("{name}{mark} — Sora Studio", name=self.session.project.name, mark=mark))
        for name in ("export", "export_timeline"):
            self.actions_by_name[name].setEnabled(self.session.timeline.length > 0)
        self._follow_selection()

    def _follow_selection(self) -> None:
        self.commands.verbs.follow(self.actions_by_name)
        self.actions_by_name["look_inside"].setEnabled(self.session.inside_choice() is not None)

    def _follow_draft(self) -> None:
        engine = chosen_engine(self.session, self.inspector.draft().engine)
        self.top.show_engine(tr(engine.title), tr(engine.description))
        self.actions_by_name["generate"].setEnabled(self.inspector.prompt.button.isEnabled())

    def _look_removed(self, look: Look) -> None:
        notice = Notice("info", tr("The look “{title}” is deleted.", title=look.title))
        self.toasts.show(notice, (mark("Undo"), lambda: self.looks.desk.restore(look)))

    def _notice(self, notice: Notice) -> None:
        copied, left = notice.copy, notice.left
        if copied is not None:
            self.toasts.show(notice, (tr("Open a copy"), lambda: self.commands.open_copy(copied)))
        elif left is not None:
            self.toasts.show(notice, (tr("Open"), lambda: self.commands.open_left(left)))
        elif notice.elsewhere:
            self.toasts.show(notice, (tr("Save as…"), self.actions_by_name["save_as"].trigger))
        else:
            self.toasts.show(notice)

    def event(self, event: QEvent) -> bool:
        """Let the focused control keep the keys it needs."""
        return keeps(event) or super().event(event)

    def _saves(self) -> bool:
        """Whether the project could be saved; otherwise it is asked what to do."""
        try:
            self.session.save()
        except StudioError as exc:
            dialog = UnsavedDialog(self.session, str(exc), self)
            dialog.elsewhere.connect(lambda: self.commands.save_as() and self.close())
            dialog.quit.connect(self._leave_changes)
            dialog.finished.connect(dialog.deleteLater)
            dialog.show()
            return False
        return True

    def _leave_changes(self) -> None:
        self._leaves_changes = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep the layout, save the project where it lives, and go."""
        switches = {name: not dock.isHidden() for name, dock in self.panels().items()}
        switches["show_queue"] = self.queue.fold.isChecked()
        switches["expert"] = self.inspector.shot.expert.is_open
        self.layout_store.save(self, self.docks, switches)
        if self.session.modified and not self._leaves_changes and not self._saves():
            event.ignore()
            return
        self.inspector.shot.expert.keep()
        self.library.shutdown()
        self.looks.shutdown()
        self.monitor.shutdown()
        self.timeline.shutdown()
        for dock in self.docks.all:
            dock.hide()  # a floating one would stay on the screen
        event.accept()
        self.closed.emit()
