"""What must hold of the house itself: its packages, its arrows, its one door."""
