"""Imported before anything else: an old Python gets one clear line instead of a syntax error."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("The desk needs Python 3.11 or newer; this is %d.%d." % sys.version_info[:2])  # noqa: UP031
