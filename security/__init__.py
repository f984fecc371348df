"""The one door to cryptography: keys and slots, passwords, sealed tokens.

Knows no page and no table.
"""
