"""The list of engines: the built-in one, open models of the library, and what lies there but does not run."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.language import tr
from sora_studio.session.engine_shelf import EngineShelf

NAME, TIP = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.ToolTipRole


class EngineChooser(QComboBox):
    """Looks into the library again each time it is opened."""

    def __init__(self, shelf: EngineShelf, fit_of: Callable[[Capabilities], tuple[str, str]]) -> None:
        """`fit_of` says of an engine in a word and in a sentence how it fits this machine; both empty when nothing is
        known."""
        super().__init__()
        self.setObjectName("engine")
        self.setAccessibleName(tr("Engine"))
        # a model's folder may have a long name; the list is wider than the field then
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self._shelf, self._fit_of = shelf, fit_of
        self._fill()

    def choose(self, name: str) -> None:
        """Show an engine as chosen; the first one when there is none of that name."""
        self.setCurrentIndex(max(0, self.findData(name)))

    def showPopup(self) -> None:
        """Open the list as the library is now."""
        self._shelf.look_again()
        self._fill()
        super().showPopup()

    def _fill(self) -> None:
        chosen, model = self.currentData(), QStandardItemModel(self)
        for engine in self._shelf.engines:
            word, sentence = self._fit_of(engine)
            title = tr("{name} · {fits}", name=tr(engine.title), fits=word) if word else tr(engine.title)
            tip = "\n".join(filter(None, (tr(engine.description), sentence)))
            model.appendRow(_item(title, tip, engine.engine))
        for one in self._shelf.unfit:
            item = _item(tr("{name} (does not run)", name=one.name), one.reason, None)
            item.setEnabled(False)
            model.appendRow(item)
        self.blockSignals(True)
        self.setModel(model)
        if chosen is not None:
            self.choose(chosen)
        self.blockSignals(False)
        widest = max(self.fontMetrics().horizontalAdvance(model.item(row).text()) for row in range(model.rowCount()))
        self.view().setMinimumWidth(widest + 48)
        self.setToolTip(
            tr("The model that makes new clips. Open models are looked for in {folder}", folder=self._shelf.folder)
        )


def _item(text: str, tip: str, name: str | None) -> QStandardItem:
    item = QStandardItem(text)
    item.setData(name, NAME)
    item.setData(tip, TIP)
    item.setData(tip, Qt.ItemDataRole.AccessibleDescriptionRole)
    return item
