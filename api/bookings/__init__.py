"""Bookings as clients have them: what is wished for, how it stands, what may be changed, and its history."""
