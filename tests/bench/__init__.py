"""Benchmarks: how fast it is, as ratios to floors measured in the same run.

`python run.py bench` runs them. A new one is a function in a module `bench_….py` with a line of the
table above it (see `table.benchmark`); nothing else has to know of it.
"""
