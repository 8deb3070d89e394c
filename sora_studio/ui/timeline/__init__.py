"""The timeline: tracks, clips, gaps, playhead and the ghost edges that generate what is missing."""

from sora_studio.ui.timeline.panel import TimelinePanel

__all__ = ["TimelinePanel"]
