"""SMART Health Cards and SMART Health Links: made, read and judged. Pure rules; the network and the
clock are passed in."""
