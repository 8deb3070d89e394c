"""What stands around the panels: command palette, shortcuts, preferences, layouts, the first run, help."""
