"""`python -m gvclab`."""

import sys

from gvclab.cli import main

sys.exit(main())
