"""Calls around a search, as a client sees them."""
