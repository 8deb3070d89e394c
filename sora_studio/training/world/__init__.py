"""The captioned world: a deterministic renderer of illustrated scenes whose captions are exact."""
