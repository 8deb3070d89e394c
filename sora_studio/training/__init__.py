"""How the built-in video model learns: the captioned world, losses, loops, checkpoints and evaluation; no Qt."""
