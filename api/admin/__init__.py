"""Calls for operators: what differs between the books, bookings seen whole, and what waits on the queues."""
