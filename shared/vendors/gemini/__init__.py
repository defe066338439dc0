"""Gemini and Vertex: words, pictures and clips of Google's models."""
