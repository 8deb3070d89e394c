"""The Inside view: how a clip of the built-in model formed, step by step, seen from within the network."""
