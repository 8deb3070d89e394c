"""The library: media of the project as tiles to look through, search, drag and name."""
