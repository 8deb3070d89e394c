"""The panels around the monitor: what the artist asks for (left), how it is made (right), what is under way (below)."""
