"""Backups: made while others work, opened and checked before they count, carried elsewhere, thinned
out, and restored on a computer that has nothing but the file and the recovery words.
"""
