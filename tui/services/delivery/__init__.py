"""Procrastinate, which brings the jobs of a shared database to workers; only here is it known."""
