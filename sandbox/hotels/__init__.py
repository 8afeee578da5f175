"""Where one can stay in the pretend world: the true hotels, what they cost, and how each seller describes them."""
