"""The row above the picture: which view it is, and the tools of the picture."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from sora_studio.core.language import tr
from sora_studio.session.session import Session
from sora_studio.session.viewing import Mode
from sora_studio.ui.monitor.actions import tool_button
from sora_studio.ui.monitor.commands import PlayCommands
from sora_studio.ui.monitor.comparing import side_names
from sora_studio.ui.monitor.picture_commands import PictureCommands
from sora_studio.ui.panels.controls import ElidedLabel, Segments
from sora_studio.ui.theme import tabular

MODES: tuple[Mode, ...] = ("timeline", "clip", "live")
_TOOLS = ("compare", "guides", "fit")


class Header(QWidget):
    """Tabs left, what is shown in the middle, tools right."""

    def __init__(
        self, session: Session, commands: PlayCommands, picture: PictureCommands, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("monitor_header")
        self.setAccessibleName(tr("View"))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(6)
        self.tabs = Segments("monitorView", "View", [("Timeline", None), ("Clip", None), ("Live", None)])
        self.tabs.setFixedWidth(204)
        for index, key in enumerate(("Alt+1", "Alt+2", "Alt+3")):
            button = self.tabs.findChild(QWidget, f"monitorView{index}")
            if button is not None:
                button.setToolTip(f"{commands[f'view_{MODES[index]}'].text()}  ({key})")
        self.tabs.chosen.connect(lambda index: picture.show(MODES[index]))
        row.addWidget(self.tabs)
        self.name = ElidedLabel("dim", "monitorName")
        self.name.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.name, 1)
        resolution = tool_button(commands["resolution"], self)
        resolution.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        resolution.setFont(tabular(11))
        row.addWidget(resolution)
        for name in _TOOLS:
            row.addWidget(tool_button(commands[name], self))

    def follow(self, live: str | None = None) -> None:
        """Show the present view; `live` is the medium that is watched while it is made."""
        viewing = self._session.viewing
        self.tabs.select(MODES.index(viewing.mode))
        media = self._session.project.media
        if viewing.compare is not None:
            self.name.say("  |  ".join(side_names(self._session, viewing.compare)))
        elif viewing.mode != "timeline":
            item = media.get((viewing.medium if viewing.mode == "clip" else live) or "")
            self.name.say(item.name if item else "")
        else:
            self.name.say("")
