"""Jobs and their handlers, on real servers, with suppliers that nobody knows."""
