"""Check kits: what every implementation of a port must pass, to be used by packs and adapters."""
