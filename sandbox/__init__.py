"""The pretend world: one server that mounts every supplier's sandbox over the same seeded flights."""
