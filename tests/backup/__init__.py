"""Backups: which stay, when they are due, and the places they are carried to."""
