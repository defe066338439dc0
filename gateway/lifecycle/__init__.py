"""How long things are kept, what goes when their time is over, and whether files and records agree."""
