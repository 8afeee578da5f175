"""Sentences about the values and rules of travel."""
