"""The one place per vendor that knows its SDK."""
