"""`python -m lrp_widgets` is the command `lrp-widgets`."""

import sys

from .app.cli import main

sys.exit(main())
