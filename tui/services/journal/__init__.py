"""The journal: what is known about every job, durable before it is told."""
