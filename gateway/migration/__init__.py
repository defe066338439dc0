"""Media from one store to another: copied, compared, and named where something is wrong."""
