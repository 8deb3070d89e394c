"""Open video models, one file a family: what its checkpoints can do, and how a window becomes its pipeline's call."""
