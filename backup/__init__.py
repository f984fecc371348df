"""Copies of the store that outlive the laptop: made, checked, carried elsewhere, thinned out."""
