"""People: their accounts, their credentials, and what is kept for them."""
