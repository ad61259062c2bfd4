"""Batch files: what stands in them, checked and made into requests."""
