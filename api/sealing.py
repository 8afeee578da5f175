"""The vault that a call can't do without."""

from api.problems import unavailable
from api.services import Services
from storage.vault import Vault


def vault_of(services: Services) -> Vault:
    """Raises Problem (503)."""
    if services.vault is None:
        raise unavailable("ENCRYPTION_KEYS is not set, so nothing can be sealed here.", retry_after_seconds=60)
    return services.vault
