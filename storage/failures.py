"""What storage says when a server is away, so that callers need to know neither SQLAlchemy nor redis-py."""


class StorageDown(Exception):
    """PostgreSQL or Redis did not answer in time. Nothing is known to be wrong with what was asked."""


class QueueDown(StorageDown):
    """The broker did not take the job: it is not queued."""
