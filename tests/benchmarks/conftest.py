"""The fixtures of the office file, for the tests of the benchmarks as well."""

from tests.db.conftest import db, empty_file, path  # noqa: F401
