"""Folders and images to choose from, and what an image would be as a reference."""
