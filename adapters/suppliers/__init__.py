"""One folder for each supplier; the registry finds them, nothing else names them."""
