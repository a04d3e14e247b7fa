"""What stops a backup, a restore or a move."""

from __future__ import annotations


class BackupFault(Exception):
    """Its text is one line for the person at the command line. Nothing has been changed."""
