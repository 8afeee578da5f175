"""Benchmarks: every figure is a ratio of two numbers taken in one run."""
