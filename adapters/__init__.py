"""How the outside speaks: every supplier in its own folder, and what all of them get for free."""
