"""The engine's work in the background: asked for where data lands, done before anybody asks for figures."""
