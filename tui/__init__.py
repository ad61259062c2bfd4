"""imagedeck: images from several models through one asynchronous gateway, in a terminal."""

__version__ = "0.1.0"
