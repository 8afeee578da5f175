"""The pretend world and the server that shows it."""
