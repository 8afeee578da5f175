"""Three books compared: ours, a supplier's and a gateway's; values in, findings out."""
