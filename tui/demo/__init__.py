"""The embedded gateway: the whole published reference, without a key, a network or a bill."""

BRISK = 0.08  # of the typical time: an in-process task ends within a few seconds
