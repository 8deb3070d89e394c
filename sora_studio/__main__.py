"""`python -m sora_studio` is the same program as `sora-studio`."""

import sys

from sora_studio.app import main

if __name__ == "__main__":
    sys.exit(main())
