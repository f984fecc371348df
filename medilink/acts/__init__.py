"""What people do: one act = one function = one transaction = one entry in the log."""
