"""What the rules promise for every input: pure code, no store, no clock."""
