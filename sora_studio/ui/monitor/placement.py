"""Where the picture lies on the surface: fitted, or at a scale and shifted by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPointF, QRect, QSize, Qt

SMALLEST, LARGEST = 0.1, 16.0
STEP = 1.25
"""One notch of the wheel."""


@dataclass(frozen=True, slots=True)
class Placement:
    """`scale` is view pixels for a pixel of the picture, None fits it in. `shift` is how far its middle lies from the
    middle of the surface."""

    scale: float | None = None
    shift: QPointF = field(default_factory=QPointF)

    def scale_in(self, surface: QSize, shape: QSize) -> float:
        """The scale in use."""
        if self.scale is not None:
            return self.scale
        return min(surface.width() / max(1, shape.width()), surface.height() / max(1, shape.height()))

    def target(self, surface: QSize, shape: QSize) -> QRect:
        """The rectangle of the picture."""
        if self.scale is None:
            size = shape.scaled(surface, Qt.AspectRatioMode.KeepAspectRatio)
        else:
            size = QSize(round(shape.width() * self.scale), round(shape.height() * self.scale))
        shift = self._held(surface, size)
        x = (surface.width() - size.width()) // 2 + round(shift.x())
        y = (surface.height() - size.height()) // 2 + round(shift.y())
        return QRect(x, y, size.width(), size.height())

    def zoomed(self, factor: float, at: QPointF, surface: QSize, shape: QSize) -> Placement:
        """Larger or smaller; what is under `at` stays there."""
        now = self.scale_in(surface, shape)
        scale = max(SMALLEST, min(LARGEST, now * factor))
        # 100 % is a place to rest at.
        if (now - 1) * (scale - 1) < 0:
            scale = 1.0
        middle = QPointF(surface.width() / 2, surface.height() / 2)
        shift = (at - middle) - ((at - middle) - self._held(surface, self.target(surface, shape).size())) * (
            scale / now
        )
        made = Placement(scale, shift)
        return replace(made, shift=made._held(surface, made.target(surface, shape).size()))

    def panned(self, by: QPointF, surface: QSize, shape: QSize) -> Placement:
        """Shifted, as far as the picture still fills the surface."""
        moved = replace(self, shift=self._held(surface, self.target(surface, shape).size()) + by)
        return replace(moved, shift=moved._held(surface, moved.target(surface, shape).size()))

    def _held(self, surface: QSize, size: QSize) -> QPointF:
        """The shift, kept so that no more of the surround is seen than need be."""
        wide, high = max(0.0, (size.width() - surface.width()) / 2), max(0.0, (size.height() - surface.height()) / 2)
        return QPointF(max(-wide, min(wide, self.shift.x())), max(-high, min(high, self.shift.y())))
