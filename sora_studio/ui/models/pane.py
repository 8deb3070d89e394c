"""One model of the catalogue: what it does, needs and costs, and the acts that fit how it stands."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from sora_studio.core.fetching import Fetching, Waiting
from sora_studio.core.language import mark, tr
from sora_studio.core.open_model import COMMERCIAL, OpenModel, does_in_words, gigabytes, needs_in_words
from sora_studio.session.model_shelf import ModelRow
from sora_studio.session.session import Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.models.words import said_ahead, share, standing, trouble
from sora_studio.ui.panels.controls import Card, ElidedLabel, ProgressBar, label, push_button, row


class ModelPane(QWidget):
    """Shows a row; asks the session for what its buttons say. `into` is where a new download goes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelPane")
        self._session = session
        self._row: ModelRow | None = None
        self.into = session.models.folders()[0]
        self.title = label("", "heading", "modelTitle")
        self.about = _words("modelAbout")
        self.needs = _words("modelNeeds")
        self.licence = _words("modelLicence")
        self.access = _words("modelAccess")
        self.state = ElidedLabel("title", "modelState")
        self.trouble = _words("modelTrouble", "error")
        self.progress = ProgressBar()
        self.token = QLineEdit()
        self.get = push_button("modelGet", "Get", "download", role="primary")
        self.pause = push_button("modelPause", "Pause", "pause")
        self.check = push_button("modelCheck", "Check files", "circle-check")
        self.remove = push_button("modelRemove", "Remove", "trash-2")
        self.sure = push_button("modelRemoveSure", "Remove for good", "trash-2")
        self.open_licence = push_button("modelOpenLicence", "Read the licence")
        self.open_page = push_button("modelOpenPage", "Model page")
        self.keep_token = push_button("modelKeepToken", "Keep token")
        self._dress()
        self._lay_out()
        self._wire()

    def _dress(self) -> None:
        self.progress.setObjectName("modelProgress")
        self.progress.setAccessibleName(tr("Download progress"))
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 1000)
        self.token.setObjectName("modelToken")
        self.token.setAccessibleName(tr("Token of your account on the hub"))
        self.token.setPlaceholderText(tr("Token of your account on the hub (hf_…)"))
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.check.setToolTip(tr("Read all files and compare them with the hub's hashes"))
        self.remove.setToolTip(tr("Delete the model from the drive"))
        self.keep_token.setToolTip(tr("Keep the token in the system's keyring"))
        self.open_page.setToolTip(tr("Open the model's page in the browser"))

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(10)
        column.addWidget(self.title)
        column.addWidget(self.about)
        for name, caption, parts in (
            ("modelNeedsCard", mark("Needs"), (self.needs,)),
            ("modelLicenceCard", mark("Licence"), (self.licence, self.open_licence)),
            ("modelAccessCard", mark("Access"), (self.access, self.token, self.keep_token)),
        ):
            column.addWidget(_card(name, caption, *parts))
        column.addStretch(1)
        area = QScrollArea()
        area.setObjectName("modelFacts")
        area.setAccessibleName(tr("About the model"))
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 0, 0, 0)  # clear of the handle between it and the list
        whole.setSpacing(8)
        whole.addWidget(area, 1)
        whole.addWidget(self.trouble)
        whole.addWidget(self.state)
        whole.addWidget(self.progress)
        whole.addLayout(row(self.open_page, None, self.check, self.remove, self.sure, self.pause, self.get))

    def _wire(self) -> None:
        shelf = self._session.models
        self._session.fitting.changed.connect(self._need)
        self.get.clicked.connect(lambda: self._try(lambda repo: shelf.get(repo, self.into)))
        self.pause.clicked.connect(lambda: self._try(shelf.pause))
        self.check.clicked.connect(lambda: self._try(shelf.check))
        self.remove.clicked.connect(lambda: self._ask(True))
        self.sure.clicked.connect(lambda: self._try(shelf.remove))
        self.open_page.clicked.connect(lambda: self._try(lambda repo: _browse(shelf.page(repo))))
        self.open_licence.clicked.connect(lambda: _browse(self._row.model.licence.url) if self._row else None)
        self.keep_token.clicked.connect(self._keep)
        self.token.returnPressed.connect(self._keep)

    def show_row(self, shown: ModelRow) -> None:
        """Another model, or the same one as it stands now."""
        if self._row is None or shown.model is not self._row.model:
            self._tell(shown)
            self._row = shown
            self._need()
        self._row = shown
        active = isinstance(shown.busy, Waiting | Fetching)
        checking = isinstance(shown.busy, Fetching) and shown.whole
        begun = shown.there > 0 and not shown.whole
        self.state.say(standing(shown))
        self.trouble.setText(trouble(shown))
        self.trouble.setVisible(bool(trouble(shown)))
        part = share(shown)
        self.progress.setVisible(part is not None)
        self.progress.setValue(round(1000 * (part or 0.0)))
        words = tr("Go on") if begun else tr("Get")
        self.get.setText(f"\u2009\u2009{words}")
        self.get.setAccessibleName(words)
        self.get.setVisible(not shown.whole and not active)
        self.pause.setVisible(active and not checking)
        self.check.setVisible(shown.whole)
        self.check.setEnabled(not checking)
        self._ask(self.sure.isVisibleTo(self) and shown.total > 0 and not active)

    def _need(self) -> None:
        """What the model needs, and how that fits this machine once it is known what that has."""
        if self._row is None:
            return
        model, fitting = self._row.model, self._session.fitting
        size = (
            tr("Download: {size}.", size=gigabytes(model.download_bytes))
            if model.download_bytes is not None
            else tr("Download: the hub is asked how large it is before anything is fetched.")
        )
        found = fitting.ahead(model)
        fit = said_ahead(found, fitting.machine) if found is not None and fitting.machine is not None else ""
        lines = needs_in_words(model, found.needs if found is not None else ())
        self.needs.setText("\n".join(filter(None, (fit, size, *lines))))

    def _tell(self, shown: ModelRow) -> None:
        """What does not change."""
        model = shown.model
        self.title.setText(tr(model.title))
        engine = "" if shown.runs else tr("No engine runs this family here yet.")
        self.about.setText(" ".join(filter(None, (tr("Makes: {what}.", what=does_in_words(model)), engine))))
        licence = model.licence
        self.licence.setText(f"{licence.name} ({tr(COMMERCIAL[licence.commercial])})\n{tr(licence.words)}")
        self.access.setText(_access(model, self._session.models.page(model.repo)))
        for part in (self.token, self.keep_token):
            part.setVisible(model.gated != "no")
        self.sure.hide()

    def _ask(self, asked: bool) -> None:
        """Removing takes a second click, beside the first."""
        there = self._row is not None and self._row.total > 0
        active = self._row is not None and isinstance(self._row.busy, Waiting | Fetching)
        self.sure.setVisible(asked and there)
        self.remove.setVisible(there and not asked and not active)

    def _keep(self) -> None:
        if attempt(self._session, lambda: self._session.models.save_token(self.token.text())):
            self.token.clear()

    def _try(self, act: object) -> None:
        shown = self._row
        if shown is not None and callable(act):
            attempt(self._session, lambda: act(shown.model.repo))
            self.show_row(self._session.models.row(shown.model.repo))


def _card(name: str, caption: str, *parts: QWidget) -> Card:
    made = Card(caption, name)
    for part in parts:
        if isinstance(part, QPushButton):
            made.body.addLayout(row(part, None))
        else:
            made.body.addWidget(part)
    return made


def _words(name: str, role: str = "dim") -> QLabel:
    made = label("", role, name)
    made.setWordWrap(True)
    return made


def _access(model: OpenModel, page: str) -> str:
    """Whether anybody may fetch it, and what to do where not."""
    if model.gated == "no":
        return tr("Open to all. A token is not needed.")
    if model.gated == "yes":
        return tr("On request: ask for access at {page}, then paste a token here.", page=page)
    return tr("If the hub asks for it: request access at {page}, then paste a token here.", page=page)


def _browse(address: str) -> None:
    QDesktopServices.openUrl(QUrl(address))
