"""Run the training commands: `python -m sora_studio.training vae --minutes 30`."""

import sys

from sora_studio.training.commands import main

if __name__ == "__main__":
    sys.exit(main())
