"""The bridge between threads and the window."""

from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from sora_studio.ui.bridge import Bridge


def test_calls_of_another_thread_run_on_this_one_in_order(qtbot: QtBot) -> None:
    bridge = Bridge()
    ran: list[tuple[int, int]] = []

    def post_all() -> None:
        for number in range(200):
            bridge.post(lambda number=number: ran.append((number, threading.get_ident())))

    thread = threading.Thread(target=post_all)
    thread.start()
    thread.join()
    assert ran == []
    qtbot.waitUntil(lambda: len(ran) == 200)
    assert ran == [(number, threading.get_ident()) for number in range(200)]


def test_a_closed_bridge_drops_what_waits_and_what_comes(qtbot: QtBot) -> None:
    bridge = Bridge()
    ran: list[str] = []
    bridge.post(lambda: ran.append("waiting"))
    bridge.close()
    bridge.post(lambda: ran.append("late"))
    qtbot.wait(30)
    assert ran == []
