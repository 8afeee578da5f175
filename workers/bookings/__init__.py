"""Bookings under way: claimed by one worker at a time, a row before and after each call, until there is nothing to do."""
