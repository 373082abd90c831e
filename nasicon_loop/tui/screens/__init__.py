"""One module per screen. A screen reads in threads, shows what it read, and offers what the action table says."""
