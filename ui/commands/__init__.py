"""The verbs of run.py, one a file: read the arguments, call the acts, answer an exit code."""
