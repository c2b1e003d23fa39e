"""The version of Palette, as pyproject.toml declares it."""

import tomllib
from pathlib import Path

_PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
VERSION: str = _PROJECT["version"]
PRODUCT = f"Palette {VERSION}"
"""Name and version, shown in the account menu and in the properties of exported files."""
