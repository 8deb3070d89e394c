"""The soak: the studio's own parts, worked at random and killed again and again, and what was lost by it."""
