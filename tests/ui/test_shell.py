"""Preferences, themes, layouts, the tour, the first run and what the studio says about itself."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from sora_studio.settings.fields import described
from sora_studio.settings.file import load_settings
from sora_studio.settings.sections import Settings
from sora_studio.ui import theme
from sora_studio.ui.calm import calmed, is_calm, set_calm
from sora_studio.ui.dialogs.export import ExportDialog
from sora_studio.ui.shell.layouts import LAYOUTS
from sora_studio.ui.shell.preferences import PreferencesDialog
from sora_studio.ui.shell.tour import STOPS
from sora_studio.ui.window import MainWindow
from tests.ui.conftest import Room


@pytest.fixture
def dialog(room: Room) -> PreferencesDialog:
    return room.window.shell.preferences()


@pytest.fixture(autouse=True)
def as_before(studio: QApplication):
    yield
    set_calm(False)
    if theme.tokens() != theme.DARK:
        theme.apply(studio, theme.DARK)


def test_every_setting_is_in_the_dialog_and_starts_from_its_value(room: Room, dialog: PreferencesDialog) -> None:
    declared = {
        (section.name, entry.name)
        for section in fields(Settings())
        for entry, _ in described(getattr(Settings(), section.name))
    }
    assert {(line.section, line.name) for line in dialog.lines} == declared
    autosave = dialog.line("general", "autosave").control
    assert isinstance(autosave, QCheckBox)
    assert autosave.isChecked() == room.desk.settings.general.autosave


def test_a_changed_setting_holds_at_once_and_at_the_next_start(room: Room, dialog: PreferencesDialog) -> None:
    length = dialog.line("generation", "seconds")
    assert isinstance(length.control, QDoubleSpinBox)
    length.control.setValue(4.5)
    assert room.desk.settings.generation.seconds == 4.5
    assert load_settings().settings.generation.seconds == 4.5
    length.back.click()
    assert room.desk.settings.generation.seconds == Settings().generation.seconds
    assert not length.back.isEnabled()


def test_what_is_changed_elsewhere_stays_while_the_dialog_is_open(room: Room, dialog: PreferencesDialog) -> None:
    signed, length = dialog.line("general", "credentials").control, dialog.line("generation", "seconds").control
    library = dialog.line("models", "library").control
    assert isinstance(signed, QCheckBox)
    assert isinstance(length, QDoubleSpinBox)
    assert isinstance(library, QLineEdit)
    export = ExportDialog(room.desk, room.answers, room.window)
    library.setText("/mnt/half a na")
    export.form.credentials.click()
    room.window.actions_by_name["switch_theme"].trigger()
    assert signed.isChecked()
    assert library.text() == "/mnt/half a na", "what is being written stays"
    length.setValue(4.5)
    for settings in (room.desk.settings, load_settings().settings):
        assert settings.general.credentials
        assert settings.interface.theme == "light"
        assert settings.generation.seconds == 4.5
    signed.setChecked(False)
    assert not export.form.credentials.isChecked(), "and the other way round"
    dialog.close()
    export.form.credentials.click()
    assert room.desk.settings.general.credentials, "a dialog that is gone does not follow"
    export.close()


def test_a_share_is_shown_in_percent(room: Room, dialog: PreferencesDialog) -> None:
    box = dialog.line("general", "preview_share").control
    assert isinstance(box, QSpinBox)
    assert box.text() == "8 %"
    box.setValue(12)
    assert room.desk.settings.general.preview_share == 0.12


def test_what_a_setting_cannot_be_is_not_taken(room: Room, dialog: PreferencesDialog) -> None:
    size = dialog.line("generation", "size")
    assert isinstance(size.control, QComboBox)
    assert [size.control.itemText(row) for row in range(size.control.count())] == ["192x112", "144x144", "112x192"]
    _write(size.control, "huge")
    assert size.control.currentText() == Settings().generation.size
    assert room.desk.settings.generation.size == Settings().generation.size
    assert size.note.text().startswith("“huge” is not a size")
    assert size.note.isVisible()
    _write(size.control, "5x5")
    assert size.note.text() == "“5x5” cannot stand here, so the former value stays."
    _write(size.control, "320 × 176")
    assert room.desk.settings.generation.size == "320x176"
    assert not size.note.isVisible()
    size.control.setCurrentIndex(1)
    size.control.activated.emit(1)
    assert room.desk.settings.generation.size == "144x144"


def _write(box: QComboBox, words: str) -> None:
    box.setEditText(words)
    field = box.lineEdit()
    assert field is not None
    field.editingFinished.emit()


def test_the_search_finds_settings_by_title_and_text(dialog: PreferencesDialog) -> None:
    dialog.search.setText("flickering")
    assert [line.name for line in dialog.lines if line.frame.isVisible()] == ["calm_previews"]
    dialog.search.setText("nothing fits this")
    assert not any(line.frame.isVisible() for line in dialog.lines)


def test_the_theme_is_switched_in_the_open_window_and_remembered(room: Room, qtbot: QtBot) -> None:
    undo = room.window.timeline.commands["undo"]
    before = undo.icon().pixmap(QSize(24, 24)).toImage()
    room.window.actions_by_name["switch_theme"].trigger()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    assert app.palette().window().color() == QColor(theme.LIGHT["bg"])
    assert undo.icon().pixmap(QSize(24, 24)).toImage() != before
    picture = room.window.grab().toImage()
    assert picture.pixelColor(picture.width() // 2, 2).lightness() > 200
    assert load_settings().settings.interface.theme == "light"
    room.window.actions_by_name["switch_theme"].trigger()
    assert app.palette().window().color() == QColor(theme.DARK["bg"])


def test_a_theme_is_chosen_in_the_preferences(dialog: PreferencesDialog) -> None:
    box = dialog.line("interface", "theme").control
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData("light"))
    box.activated.emit(box.currentIndex())
    assert theme.tokens() == theme.LIGHT


def test_an_engine_is_chosen_by_its_title(dialog: PreferencesDialog, room: Room) -> None:
    box = dialog.line("generation", "engine").control
    assert isinstance(box, QComboBox)
    titles = {box.itemData(index): box.itemText(index) for index in range(box.count())}
    assert titles == {one.engine: one.title for one in room.desk.engines()}
    assert box.currentData() == room.desk.settings.generation.engine
    gone = replace(Settings(), generation=replace(Settings().generation, engine="gone"))
    other = PreferencesDialog(gone, room.window, room.desk.engines())
    missing = other.line("generation", "engine").control
    assert isinstance(missing, QComboBox)
    assert missing.currentText() == "gone"
    other.deleteLater()


def test_calm_previews_do_not_flicker(room: Room, dialog: PreferencesDialog) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (12, 28, 48, 3), np.uint8)
    assert calmed(noise) is noise
    box = dialog.line("interface", "calm_previews").control
    assert isinstance(box, QCheckBox)
    box.click()
    assert is_calm()
    calm = calmed(noise)
    assert calm.shape == noise.shape
    assert (calm == calm[0]).all()
    assert calm.std() < noise.std() / 4


def test_a_layout_shows_its_panels_and_reset_brings_all_back(room: Room) -> None:
    window = room.window
    for name, layout in LAYOUTS.items():
        window.actions_by_name[name].trigger()
        for panel, widget in window.panels().items():
            assert widget.isVisible() == (panel in layout.shown), name
            assert window.actions_by_name[panel].isChecked() == widget.isVisible()
        window.actions_by_name["reset_layout"].trigger()
        assert window.docks.shelves.isVisible()
        assert window.inspector.isVisible()


def test_the_sides_are_swapped_and_it_is_remembered(room: Room, qtbot: QtBot) -> None:
    def order(window: MainWindow) -> bool:
        return window.inspector.mapTo(window, window.rect().topLeft()).x() < window.width() // 3

    assert not order(room.window)
    room.window.actions_by_name["mirror"].trigger()
    QApplication.processEvents()
    assert order(room.window)
    room.window.close()
    again = MainWindow(room.desk, room.layout, room.answers)
    qtbot.addWidget(again)
    with qtbot.waitExposed(again):
        again.show()
    assert order(again)
    assert again.actions_by_name["mirror"].isChecked()
    again.close()


def test_the_tour_goes_from_mark_to_mark_and_can_be_left(room: Room) -> None:
    room.film()
    tour = room.window.shell.tour()
    seen = [tour.title.text()]
    while tour.isVisible() and len(seen) < 20:
        QTest.keyClick(tour, Qt.Key.Key_Right)
        seen.append(tour.title.text())
    assert len(set(seen)) == len(STOPS)
    assert room.desk.playhead == 0
    again = room.window.shell.tour()
    QTest.keyClick(again, Qt.Key.Key_Escape)
    assert not again.isVisible()
    assert QApplication.focusWidget() is room.window.inspector.prompt.editor


def test_what_is_typed_during_the_tour_stands_in_the_prompt(room: Room) -> None:
    editor = room.window.inspector.prompt.editor
    editor.setFocus()
    QTest.keyClicks(QApplication.focusWidget(), "a ")
    tour = room.window.shell.tour()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    QTest.mouseClick(tour.next, Qt.MouseButton.LeftButton)
    assert tour.isVisible()
    assert tour.count.text().startswith("3")
    QTest.keyClicks(QApplication.focusWidget(), "red ball")
    assert not tour.isVisible()
    assert editor.toPlainText() == "a red ball"


def test_a_letter_over_the_tour_s_buttons_and_an_input_method_begin_the_prompt(room: Room) -> None:
    editor = room.window.inspector.prompt.editor
    tour = room.window.shell.tour()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is tour.next
    QTest.keyClicks(QApplication.focusWidget(), "ab")
    QTest.keyClicks(QApplication.focusWidget(), "c")
    assert editor.toPlainText() == "abc"
    again = room.window.shell.tour()
    composed = QInputMethodEvent()
    composed.setCommitString("貓")
    QApplication.sendEvent(QApplication.focusWidget(), composed)
    assert not again.isVisible()
    assert editor.toPlainText() == "abc貓"


def test_no_mark_of_the_tour_lies_outside_the_window(room: Room) -> None:
    for width, height in ((1024, 640), (1280, 720)):
        room.window.resize(width, height)
        QApplication.processEvents()
        tour = room.window.shell.tour()
        for _ in STOPS:
            assert tour.rect().contains(tour.card.geometry())
            tour.go_on()
        tour.end()


def test_a_newcomer_gets_a_film_that_is_being_made_and_the_tour_once(room: Room) -> None:
    room.window.shell.first_run()
    assert len(room.desk.timeline.tracks[0].clips) == 3
    assert len(room.desk.jobs()) == 3
    room.idle()
    assert room.window.findChild(type(room.window.shell.tour())) is not None
    count = len(room.desk.jobs())
    room.window.shell.first_run()
    assert len(room.desk.jobs()) == count


def test_the_studio_says_whose_name_it_is_not(room: Room) -> None:
    about = room.window.shell.about()
    assert about.text.text().startswith("Sora is a product name of OpenAI.")
    assert "Apache-2.0" in about.licences.text()
    about.close()


def test_folders_are_written_with_a_sign_between_them(room: Room, dialog: PreferencesDialog) -> None:
    line = dialog.line("models", "more")
    assert isinstance(line.control, QLineEdit)
    line.control.setText(" /mnt/a b ;; ~/ComfyUI;")
    line.control.editingFinished.emit()
    assert room.desk.settings.models.more == ("/mnt/a b", "~/ComfyUI")
    assert line.control.text() == "/mnt/a b; ~/ComfyUI"
    line.back.click()
    assert room.desk.settings.models.more == ()
