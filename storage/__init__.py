"""What we hold: PostgreSQL for the books, Redis for what is hot, a broker for what has to be done."""
