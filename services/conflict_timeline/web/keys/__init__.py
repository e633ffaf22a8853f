"""API keys: who may publish over HTTP, as which sources, and about which conflicts."""
