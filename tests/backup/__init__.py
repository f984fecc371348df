"""Backups: what is promised of them, against the real store, real files and the real commands."""
