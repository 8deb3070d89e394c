"""Typed sections with text and limits, kept as TOML in the artist's configuration folder."""
