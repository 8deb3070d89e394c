"""What the artist has open: project, selection, undo, jobs. Its methods are verbs; it emits signals; no widgets."""
