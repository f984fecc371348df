"""Drawn pieces that several pages share."""
