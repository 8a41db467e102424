"""What a pack's author calls: making a new pack, checking one, and mending what can be mended by itself."""
