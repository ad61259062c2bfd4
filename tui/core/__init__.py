"""The pure heart: what a request, a job and a model are, without I/O, clock or framework."""
