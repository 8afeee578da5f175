"""Webhooks: who wants to hear of what and where, and how each telling of it went."""
