"""Timelines to and from other programs: OpenTimelineIO out and in, EDL and FCPXML out."""
