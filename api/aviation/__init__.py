"""Flights as they are flown: how they stand, as JSON and as streams, and where aircraft are."""
