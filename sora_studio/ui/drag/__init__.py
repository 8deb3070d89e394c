"""Drag and drop: what is carried as Qt's data, and the places that say what a drop will do."""
