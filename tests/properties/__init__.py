"""The correctness properties, each for all inputs, against the real store."""
