"""Open models: which there are, where they lie on this machine, what a file holds, and how they come here."""
