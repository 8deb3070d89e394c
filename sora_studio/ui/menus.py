"""The menus, made from the registry: the order is written here; what no order names stands at its menu's end."""

from __future__ import annotations

import re

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from sora_studio.core.language import mark, tr
from sora_studio.ui.registry import Registry

TITLES = {
    "File": mark("&File"),
    "Edit": mark("&Edit"),
    "Clip": mark("&Clip"),
    "Play": mark("&Play"),
    "Media": mark("&Media"),
    "View": mark("&View"),
    "Help": mark("&Help"),
}
"""The menus by the group that fills them."""

_LETTER = re.compile(r"\(&.\)|&")
"""What marks the letter of a title: before it, or in brackets behind words without such a letter."""

HOMES = {"timeline": "Clip", "monitor": "Play", "library": "Media", "looks": "Media"}
"""The menu where a panel's commands go that no order names."""

_ORDER = {
    "Edit": (
        "timeline.undo timeline.redo | timeline.split timeline.split_all timeline.trim_start timeline.trim_end "
        "timeline.ripple_start timeline.ripple_end | timeline.delete timeline.ripple_delete timeline.lift "
        "timeline.extract | timeline.duplicate timeline.link | timeline.roll_back timeline.roll_forward "
        "timeline.slip_back timeline.slip_forward timeline.slide_left timeline.slide_right | timeline.select_all "
        "timeline.select_next timeline.select_previous window.select_none | window.weigh_more window.weigh_less"
    ),
    "Clip": (
        "window.generate window.try_seeds window.generate_storyboard "
        "| window.restyle window.loop window.vary window.again window.finalise window.retake window.longer "
        "window.upscale_2 window.upscale_4 "
        "window.refresh window.decode_again window.take_prompt timeline.take_next timeline.take_previous "
        "| window.finish_now window.other_seed window.stop_clip window.go_on | timeline.extend_end "
        "timeline.extend_start timeline.bridge_cut | timeline.fill_gap timeline.bridge_gap timeline.close_gap "
        "| timeline.speed timeline.gain timeline.dissolve timeline.remove_dissolve "
        "| timeline.nudge_left timeline.nudge_right timeline.track_up "
        "timeline.track_down"
    ),
    "Play": (
        "monitor.play monitor.loop | monitor.frame_back monitor.frame_forward monitor.second_back "
        "monitor.second_forward | monitor.to_start monitor.to_end monitor.cut_back monitor.cut_forward "
        "monitor.type_time | monitor.mark_in monitor.mark_out monitor.go_in monitor.go_out monitor.clear_in "
        "monitor.clear_out monitor.clear_marks | monitor.shuttle_back monitor.shuttle_stop monitor.shuttle_forward"
    ),
    "View": (
        "window.show_library window.show_monitor window.show_create window.show_timeline window.show_storyboard "
        "window.show_queue | window.float_panel window.panel_left window.panel_right window.panel_top "
        "window.panel_bottom | window.layout_edit window.layout_generate window.layout_review window.mirror "
        "window.reset_layout | window.look_inside window.focus_prompt window.switch_theme | timeline.select_tool "
        "timeline.forward_tool timeline.blade_tool timeline.ripple_tool timeline.roll_tool timeline.slip_tool "
        "timeline.slide_tool timeline.snap | timeline.marker timeline.marker_next timeline.marker_previous | "
        "timeline.add_video_track timeline.add_audio_track | timeline.zoom_in timeline.zoom_out "
        "timeline.zoom_selection timeline.fit | "
        "monitor.view_timeline monitor.view_clip monitor.view_live | monitor.compare monitor.compare_side "
        "monitor.compare_swap monitor.divider_left monitor.divider_right | monitor.fit "
        "monitor.picture_closer monitor.picture_farther monitor.guides monitor.resolution monitor.mute "
        "monitor.full_screen"
    ),
}
"""Ids in the order of a menu; | is a line."""


def menu_keys() -> dict[str, str]:
    """The keys that open a menu, such as Alt+F, and the menu's name, in the artist's language."""
    titles = [tr(title) for title in TITLES.values()]
    portable = QKeySequence.SequenceFormat.PortableText
    return {QKeySequence.mnemonic(title).toString(portable): _LETTER.sub("", title) for title in titles}


def fill_menus(bar: QMenuBar, registry: Registry) -> None:
    """Every registered command in its menu."""
    placed: set[str] = set()
    menus = {name: bar.addMenu(tr(title)) for name, title in TITLES.items()}
    for name, menu in menus.items():
        menu.setObjectName(f"menu{name}")
        for word in _ORDER.get(name, "").split():
            if word == "|":
                menu.addSeparator()
            elif word in registry:
                menu.addAction(registry[word].action)
                placed.add(word)
    ruled = {name for name, menu in menus.items() if not menu.isEmpty()}
    for known in registry.all():
        if known.id not in placed:
            home = known.group if known.group in menus else HOMES.get(known.group, "Help")
            _append(menus[home], known.action, rule=home in ruled)
            ruled.discard(home)
    for menu in menus.values():
        menu.menuAction().setVisible(not menu.isEmpty())


def _append(menu: QMenu, action: QAction, *, rule: bool) -> None:
    if rule or action.property("rule"):
        menu.addSeparator()
    menu.addAction(action)
