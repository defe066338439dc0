"""Replicate: predictions ordered, watched, found again and stopped."""
