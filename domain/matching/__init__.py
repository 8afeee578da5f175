"""Is this the same thing from two suppliers? Scored, explained, independent of the order of arrival."""
