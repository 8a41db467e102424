"""The start page of a company and the list of one's companies."""
