"""The encrypted store: implements medilink/store.py with SQLAlchemy over SQLCipher.

All SQL is here.
"""
