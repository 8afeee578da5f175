"""What happens in the background: jobs from the queues, answered by suppliers, kept in storage."""
