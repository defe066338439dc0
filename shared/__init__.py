"""What every house stands on: contracts, bus, media store, worker loop. Knows no service by name."""
