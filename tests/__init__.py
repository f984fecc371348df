"""Tests are sentences: what holds, on a real store, without patches of our own code."""
