"""An embedded PostgreSQL and an embedded Valkey in one folder: nothing to install, nothing left behind."""

from storage.embedded.leashed import CannotStart
from storage.embedded.servers import Servers, embedded_servers

__all__ = ["CannotStart", "Servers", "embedded_servers"]
