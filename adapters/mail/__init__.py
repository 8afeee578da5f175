"""Post offices: whoever carries our letters to those who read them."""
