"""Backups: what is promised of them, against the real store, real files, places and commands."""
