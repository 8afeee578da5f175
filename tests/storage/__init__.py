"""What we hold: PostgreSQL, and the servers that come with us."""
