"""The plain pages in front of the app: set-up, unlock, sign-in, password; health; the scanner.

Server-made HTML without scripts of its own where it can be, so that they work on any phone and
nothing of the app is loaded before somebody has signed in.
"""
