"""The journal on PostgreSQL, for several hosts; only here is psycopg known."""
