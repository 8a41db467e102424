"""The built-in metric packs."""
