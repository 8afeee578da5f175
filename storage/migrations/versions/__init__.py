"""One module for each step, numbered in order, each with its way back."""
