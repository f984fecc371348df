"""How a record becomes small enough for a code, and how many codes carry a whole one. Pure."""
