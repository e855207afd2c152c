"""Entry point of `./run`: makes the repository importable and hands over to `scripts.cli`."""

import sys
from pathlib import Path

sys.dont_write_bytecode = False
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from scripts.cli import main  # noqa: E402  (needs the path set above)

sys.exit(main(sys.argv[1:]))
