"""The web application: one folder a feature, the machinery beside them."""
