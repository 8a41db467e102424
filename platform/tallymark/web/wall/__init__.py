"""Setting wall screens up, and what a television gets by a wall's link."""
