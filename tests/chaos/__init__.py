"""Whole bookings while everything around them breaks, and the ledger of what became of each."""
