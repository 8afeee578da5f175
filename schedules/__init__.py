"""When background work is due: the plan, and the one scheduler of many that acts on it."""
