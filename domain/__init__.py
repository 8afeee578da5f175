"""What travel means: pure, synchronous values and rules. No network, database, clock or environment."""
