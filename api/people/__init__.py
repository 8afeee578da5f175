"""People: who somebody is, how they sign in, and what we keep for them."""
