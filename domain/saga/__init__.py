"""How a booking goes on: what is to be done next, and what comes of what was done. Pure, so that it can be tried out."""
