"""The partners' site on two invented years, shared by its tests."""

from collections.abc import Iterator

import pytest

from tests.partners.site import Site, invented_release, put_public_file


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("public")
    put_public_file(folder, invented_release(2022), invented_release(2023, 5))
    site = Site(folder)
    site.start()
    yield site
    site.stop()
