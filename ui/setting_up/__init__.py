"""Setting MediLink up: the environment `run.py` hands over to. Standard library only."""
