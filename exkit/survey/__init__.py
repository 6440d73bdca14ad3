"""Files become checked tables."""
