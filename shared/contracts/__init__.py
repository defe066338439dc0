"""Every message that crosses a border. Imports pydantic and nothing else."""
