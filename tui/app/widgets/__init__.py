"""Widgets that take data, post messages, know neither engine nor store nor each other."""
