"""Is this the same thing from two suppliers? Order-independent, and the same answer for the same offers."""
