"""The rental cars of the pretend world: counters at the real airports, fleets of each seller, and what they cost now."""
