"""Sentences about who acts on the plan, and when."""
