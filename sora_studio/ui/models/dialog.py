"""Models: the catalogue with what each does, needs and costs, and what lies on this machine."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from sora_studio.core.language import mark, tr
from sora_studio.core.open_model import does_in_words, gigabytes
from sora_studio.core.weights_file import ORIGINS, OnDisk
from sora_studio.session.model_shelf import ModelRow
from sora_studio.session.session import Session
from sora_studio.ui.dialogs.files import FileChooser
from sora_studio.ui.models.folders import ModelFolders
from sora_studio.ui.models.pane import ModelPane
from sora_studio.ui.models.words import fit_ahead, standing
from sora_studio.ui.panels.controls import Segments, label, push_button, row

REPO = Qt.ItemDataRole.UserRole
NOTHING = mark(
    "Nothing yet. Get a model from the catalogue, or add a folder that holds models, such as a ComfyUI: it is used in "
    "place."
)


class ModelsDialog(QDialog):
    """Stays beside the window; downloads go on when it is closed."""

    def __init__(self, session: Session, chooser: FileChooser, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelsDialog")
        self.setWindowTitle(tr("Models"))
        self.setModal(False)
        self.resize(1040, 700)
        self._session = session
        self.page = Segments("modelsPage", "Show", [("Catalogue", None), ("On this machine", None)])
        self.search = QLineEdit()
        self.catalogue = _list("modelsCatalogue", tr("Models of the catalogue"))
        self.here = _list("modelsHere", tr("Models on this machine"))
        self.nothing = label("", "dim", "modelsNothing")
        self.pane = ModelPane(session)
        self.folders = ModelFolders(session, chooser)
        self.again = push_button("modelsLookAgain", "Look again", "refresh-cw")
        self.shut = push_button("modelsClose", "Close")
        self._lay_out()
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter in a field must not begin a download
        self._wire()
        self._fill()

    def _lay_out(self) -> None:
        self.search.setObjectName("modelsSearch")
        self.search.setAccessibleName(tr("Search models"))
        self.search.setPlaceholderText(tr("Search models"))
        self.search.setClearButtonEnabled(True)
        self.nothing.setWordWrap(True)
        self.nothing.setMargin(12)
        self.again.setToolTip(tr("Read the folders again"))
        left = QWidget()
        under = QVBoxLayout(left)
        under.setContentsMargins(0, 0, 0, 0)
        under.setSpacing(8)
        for part in (self.page, self.search, self.nothing):
            under.addWidget(part)
        under.addWidget(self.catalogue, 1)
        under.addWidget(self.here, 1)
        sides = QSplitter(Qt.Orientation.Horizontal)
        sides.setObjectName("modelsSides")
        sides.setChildrenCollapsible(False)
        sides.addWidget(left)
        sides.addWidget(self.pane)
        sides.setSizes([430, 610])
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(sides, 1)
        foot = row(self.folders, self.again, self.shut, gap=12)
        foot.setStretch(0, 1)
        column.addLayout(foot)

    def _wire(self) -> None:
        shelf = self._session.models
        self.page.chosen.connect(lambda _index: self._turn())
        self.search.textChanged.connect(lambda _text: self._filter())
        self.catalogue.currentItemChanged.connect(lambda now, _before: self._choose(now))
        self.folders.chosen.connect(lambda folder: setattr(self.pane, "into", folder))
        self.again.clicked.connect(shelf.look_around)
        self.shut.clicked.connect(self.close)
        shelf.changed.connect(self._follow)
        self._session.fitting.changed.connect(lambda: self._judge() if self.isVisible() else None)
        shelf.found_changed.connect(self._show_found)

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the drives anew."""
        super().showEvent(event)
        self.folders.fill()
        self._session.models.look_around()
        self._judge()

    def _judge(self) -> None:
        """Say of each row how it stands and fits."""
        for place in range(self.catalogue.count()):
            self._say(self.catalogue.item(place))

    def choose(self, repo: str) -> None:
        """Show a model of the catalogue."""
        for place in range(self.catalogue.count()):
            if self.catalogue.item(place).data(REPO) == repo:
                self.catalogue.setCurrentRow(place)

    def _fill(self) -> None:
        for shown in self._session.models.rows():
            item = QListWidgetItem()
            item.setData(REPO, shown.model.repo)
            item.setSizeHint(QSize(0, 46))
            self.catalogue.addItem(item)
            self._say(item, shown)
        self.catalogue.setCurrentRow(0)
        self._turn()

    def _say(self, item: QListWidgetItem, shown: ModelRow | None = None) -> None:
        """Title and state of a row."""
        shown = shown or self._session.models.row(item.data(REPO))
        fit = fit_ahead(self._session.fitting.ahead(shown.model))
        item.setText(f"{tr(shown.model.title)}\n{' · '.join(filter(None, (standing(shown), fit)))}")
        item.setToolTip(f"{shown.model.repo}\n{does_in_words(shown.model)}")

    def _follow(self, repo: str) -> None:
        shown = self._session.models.row(repo)
        for place in range(self.catalogue.count()):
            if self.catalogue.item(place).data(REPO) == repo:
                self._say(self.catalogue.item(place), shown)
                if place == self.catalogue.currentRow():
                    self.pane.show_row(shown)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.pane.show_row(self._session.models.row(item.data(REPO)))

    def _turn(self) -> None:
        """The other list in sight."""
        catalogue = self.page.index == 0
        self.catalogue.setVisible(catalogue)
        self.pane.setVisible(catalogue)
        self.here.setVisible(not catalogue)
        self._show_found()

    def _show_found(self) -> None:
        self.here.clear()
        for one in self._session.models.found:
            item = QListWidgetItem(_found(one))
            item.setToolTip(str(one.path))
            item.setSizeHint(QSize(0, 46 if not one.reason else 64))
            self.here.addItem(item)
        self._filter()

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        shown = self.catalogue if self.page.index == 0 else self.here
        seen = 0
        for place in range(shown.count()):
            item = shown.item(place)
            text = f"{item.text()} {item.toolTip()}".casefold()
            item.setHidden(not all(word in text for word in words))
            seen += not item.isHidden()
        if self.page.index == 1 and not shown.count():
            self.nothing.setText(tr("Looking…") if self._session.models.looking else tr(NOTHING))
        else:
            self.nothing.setText(tr("No model has these words."))
        self.nothing.setVisible(not seen)


def _found(one: OnDisk) -> str:
    """Two lines, and a third where something speaks against it."""
    place = f"{tr(ORIGINS[one.origin])}, {gigabytes(one.size)}"
    return "\n".join(part for part in (one.name, f"{one.what} ({place})", one.reason) if part)


def _list(name: str, text: str) -> QListWidget:
    made = QListWidget()
    made.setObjectName(name)
    made.setAccessibleName(text)
    made.setWordWrap(True)
    made.setUniformItemSizes(False)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return made
