"""Writing and sending letters: what they say in which language, how they look, and who is told."""
