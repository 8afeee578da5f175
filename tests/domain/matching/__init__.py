"""Sentences about when two suppliers sell the same thing."""
