"""Running what strangers wrote in Python in a limited process of its own, and saying what became of it."""
