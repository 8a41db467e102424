"""`python -m tallymark_sdk new|check`."""

import sys

from tallymark_sdk.authoring.command import main

sys.exit(main())
