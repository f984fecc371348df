"""Unusual access: stated rules over the clinic's own log, each of which can be tested."""
