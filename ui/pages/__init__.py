"""One page a file: reads what was chosen, calls one act, draws."""
