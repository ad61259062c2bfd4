"""The app as lines: for screen readers, and for terminals where nothing can be placed."""
