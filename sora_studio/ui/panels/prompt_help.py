"""Under the prompt: what was understood of it, the phrases that follow it, and word for word what will be sent."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from sora_studio.core.emphasis import check, spoken
from sora_studio.core.errors import BadInput, StudioError
from sora_studio.core.language import mark, tr
from sora_studio.core.reading import Reading, Said
from sora_studio.core.telling import tell
from sora_studio.core.wildcards import has_wildcards
from sora_studio.session.draft import sent_prompt
from sora_studio.session.session import Session
from sora_studio.ui.dialogs.files import FileChooser
from sora_studio.ui.panels.chips import OfferChip, word_chip
from sora_studio.ui.panels.controls import label, row
from sora_studio.ui.panels.draft_state import DraftState, chosen_engine
from sora_studio.ui.panels.flow import Flow
from sora_studio.ui.panels.prompt_aid import PromptAid

MOST_SHOWN = 400
"""Characters of the text that is sent; of a longer one the end is shown, where phrases and look stand."""
KINDS = mark("Language models (*.gguf *.GGUF)")


class PromptHelp(QWidget):
    """Shows what a PromptAid knows; hidden where there is no assistant."""

    keep = Signal(str)
    """A phrase that shall become words of the prompt."""

    def __init__(self, session: Session, draft: DraftState, aid: PromptAid, chooser: FileChooser | None) -> None:
        super().__init__()
        self.setObjectName("promptHelp")
        self._session, self._draft, self._aid, self._chooser = session, draft, aid, chooser
        self._said: tuple[Said, ...] = ()
        self._offered: tuple[object, ...] = ()
        self.understood = Flow("understood")
        self.unknown = _wrapped("notUnderstood")
        self.switch = QCheckBox(tr("Add phrases that fit"))
        self.switch.setObjectName("helperSwitch")
        self.switch.setAccessibleName(tr("Add phrases that fit"))
        self.switch.setToolTip(
            tr("Offer phrases of place, light, weather, camera and look. Your own words stay as they are")
        )
        self.more = QToolButton()
        self.more.setObjectName("rewriteMenu")
        self.more.setProperty("role", "link")
        self.more.setText(tr("Rewrite…"))
        self.more.setAccessibleName(tr("Rewrite with a language model"))
        self.more.setToolTip(tr("Have a language model of your own tell the prompt in more words"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.menu = QMenu(self)
        self.more.setMenu(self.menu)
        self.stop = QToolButton()
        self.stop.setObjectName("rewriteStop")
        self.stop.setProperty("role", "link")
        self.stop.setText(tr("Stop rewriting"))
        self.stop.setAccessibleName(tr("Stop rewriting"))
        self.stop.setToolTip(tr("Stop the language model; your prompt stays as it is"))
        self.offers = Flow("offers")
        self.sent = _wrapped("sentPrompt")
        self.sent.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.told = _wrapped("toldPrompt")
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.told.setToolTip(
            tr("The built-in model knows the words of its captions, and is told in these what is understood")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.understood)
        column.addWidget(self.unknown)
        column.addLayout(row(self.switch, None, self.more, self.stop, gap=4))
        column.addWidget(self.offers)
        column.addWidget(self.sent)
        column.addWidget(self.told)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.stop.clicked.connect(aid.stop)
        self.switch.toggled.connect(aid.turn)
        aid.changed.connect(self.follow)
        draft.changed.connect(self._say_sent)
        self.follow()

    def follow(self) -> None:
        """Show what is known now."""
        aid = self._aid
        self.setVisible(aid.there)
        if not aid.there:
            return
        self.switch.setChecked(aid.on)
        self.more.setVisible(not aid.rewriting)
        self.more.setEnabled(bool(self._draft.value.prompt.strip()))
        self.stop.setVisible(aid.rewriting)
        self._show_understood()
        self._show_offers()
        self._say_sent()

    def _show_understood(self) -> None:
        book = self._session.prompting.book(self._draft.value.engine)
        reading = self._aid.reading if book.complete else Reading()
        said, missed = reading.said, reading.open
        if said != self._said:
            self._said = said
            self.understood.show_items([_word(one, book.title(one.category)) for one in said])
        self.understood.setVisible(bool(said))
        notes = [tr("Not understood: {list}", list=", ".join(missed))] if missed else []
        notes += self._refusals()
        self.unknown.setText("\n".join(notes))
        learnt = tr("The built-in model has not learned these words. They are sent all the same")
        self.unknown.setToolTip(learnt if missed else "")
        self.unknown.setVisible(bool(notes))

    def _refusals(self) -> list[str]:
        """What of the words as they are sent would be refused; open choices are left to the seed."""
        value = self._draft.value
        if value.seed is not None or not has_wildcards(value.prompt):
            try:
                check(sent_prompt(value))
            except BadInput as exc:
                return [str(exc)]
        return []

    def _show_offers(self) -> None:
        aid = self._aid
        engine = self._draft.value.engine
        shown = (aid.offers, aid.left_out and aid.on, engine)
        if shown == self._offered:
            return  # a chip under the mouse must not be made anew with every key
        self._offered = shown
        chips: list[QWidget] = []
        for offer in aid.offers:
            chip = OfferChip(offer, self._session.prompting.book(engine).title(offer.category))
            chip.chosen.connect(aid.choose)
            chip.removed.connect(aid.remove)
            chip.kept.connect(self._keep)
            chips.append(chip)
        if aid.left_out and aid.on:
            again = QToolButton()
            again.setObjectName("offersAgain")
            again.setProperty("role", "link")
            again.setText(tr("Offer all again"))
            again.setAccessibleName(tr("Offer all again"))
            again.setToolTip(tr("Offer the phrases you left out again"))
            again.clicked.connect(aid.restore)
            chips.append(again)
        held = (one for one in self.offers.findChildren(QToolButton) if one.hasFocus())
        focused = next((one.objectName() for one in held), "nothing")
        self.offers.show_items(chips)
        self.offers.setVisible(bool(chips))
        for same in (found for chip in chips for found in chip.findChildren(QWidget, focused)):
            same.setFocus()

    def _say_sent(self) -> None:
        value = self._draft.value
        try:
            text = sent_prompt(value)
        except StudioError:
            text = value.prompt
        if not chosen_engine(self._session, value.engine).emphasis:
            text = spoken(text)[0]
        shown = _end_of(text)
        open_choice = value.seed is None and has_wildcards(value.prompt)
        lead = tr("Will be sent, once the seed has chosen") if open_choice else tr("Will be sent")
        self.sent.setText(f"{lead}: “{shown}”")
        self.sent.setToolTip(text if shown != text else "")
        self.sent.setVisible(bool(value.prompt.strip()) and text != value.prompt.strip())
        words = spoken(text)[0]
        told = tell(words, self._session.prompting.book(value.engine))
        self.told.setText(tr("The model reads: “{text}”", text=_end_of(told)))
        self.told.setVisible(told != words and not open_choice)

    def _keep(self, category: str) -> None:
        text = next((offer.text for offer in self._aid.offers if offer.category == category), "")
        if text:
            self.keep.emit(text)

    def _fill_menu(self) -> None:
        self.menu.clear()
        model = self._aid.model
        if model is not None:
            self.menu.addAction(tr("Rewrite with “{stem}”", stem=model.stem), lambda: self._aid.rewrite(model))
        self.menu.addAction(tr("Choose a language model (.gguf)…"), self._choose)

    def _choose(self) -> None:
        if self._chooser is None:
            return
        path: Path | None = self._chooser.open_file(self, tr("Choose a language model"), tr(KINDS))
        if path is not None:
            self._aid.rewrite(path)


def _end_of(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else f"… {text[-MOST_SHOWN:]}"


def _word(said: Said, title: str) -> QWidget:
    own = said.words.lower()
    text = said.entry if own == said.entry or said.entry in own else f"{said.words} → {said.entry}"
    return word_chip(text, f"{title}: {said.entry}")


def _wrapped(name: str) -> QLabel:
    made = label("", "faint", name)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(True)
    return made
