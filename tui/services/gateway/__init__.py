"""The gateway's API: submitting a request, asking for a task."""
