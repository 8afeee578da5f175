"""What every supplier gets for free: declaration, client, pacing, retries, decoding, failures."""
