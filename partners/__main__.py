"""The command line of the public site: ``python -m partners FOLDER``."""

import argparse
from pathlib import Path

import uvicorn

from partners.instance import limit_memory
from partners.release_reader import FILE
from partners.site import Site


def main() -> None:
    """Serve the public file of a folder until the process is stopped."""
    arguments = _parse_arguments()
    limit_memory()
    print(f"Site public : http://{arguments.host}:{arguments.port}  (Ctrl-C pour arrêter / to stop)", flush=True)
    site = Site(arguments.folder / FILE, robots=arguments.robots == "allow")
    # No access log: what a visitor reads is private, and an IP address is personal data.
    uvicorn.run(
        site, host=arguments.host, port=arguments.port, log_level="warning", access_log=False, server_header=False
    )


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m partners", description=__doc__)
    parser.add_argument("folder", type=Path, help=f"the folder that holds {FILE}, or will")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8502)
    parser.add_argument("--robots", choices=("allow", "deny"), default="deny", help="whether search engines may come")
    return parser.parse_args()


if __name__ == "__main__":
    main()
