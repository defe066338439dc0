"""What is done at a gateway from the command line: order, watch, list, cancel, fetch."""
