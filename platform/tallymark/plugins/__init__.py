"""Finding and loading metric packs, each in isolation."""
