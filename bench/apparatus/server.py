"""A shared database of one's own on a PostgreSQL server."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SERVER = "IMAGEDECK_TEST_DATABASE_URL"


@contextmanager
def shared_database() -> Iterator[str]:
    """Make a database that is ready, for as long as it is needed; yields its address.

    Ends the program, well, where no server is named.
    """
    server = os.environ.get(SERVER)
    if not server:
        print(f"SKIP: {SERVER} names no server; `.ci/postgres` starts one")
        sys.exit(0)
    import psycopg

    from tui.services.journal.postgres import care

    name = f"bench_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}")
        try:
            url = f"{server.rpartition('/')[0]}/{name}"
            care.init(url)
            yield url
        finally:
            db.execute(f"DROP DATABASE {name} WITH (FORCE)")
