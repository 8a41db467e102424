"""What every metric of a pack is held to, as functions that say in plain words what is wrong and what to do."""
