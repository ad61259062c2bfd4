"""The engine: what takes every job to its end."""
