"""Looks: cards to choose from, one's own to make and share, before and after side by side."""
