"""The monitor: one painted surface for playback, scrubbing and live denoising, with its transport."""

from sora_studio.ui.monitor.panel import MonitorPanel

__all__ = ["MonitorPanel"]
