"""Calls around a search: what to type, what was asked, what goes together, what differs, and all of it at once."""
