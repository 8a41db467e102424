"""The sample company and the one-command demo."""
