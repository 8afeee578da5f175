"""Outside issuers of identities, as they speak."""
