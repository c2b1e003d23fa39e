"""Values derived from PALETTE_ADDRESS (https://palette.exemple.fr; unset on a developer's machine) and the provider."""

import os
from urllib.parse import urlsplit

from db.accounts.sessions import ADDRESS, IS_SECURE

OWN_HOST = urlsplit(ADDRESS).netloc
"""The only Host header that is accepted; '' accepts any."""
DEVICE = "__Host-palette-appareil" if IS_SECURE else "palette-appareil"
_issuer = urlsplit(os.environ.get("PALETTE_OIDC_ISSUER", ""))
PROVIDER = f"{_issuer.scheme}://{_issuer.netloc}" if _issuer.netloc else ""
"""The origin of the OpenID Connect provider, to which signing out redirects; '' without one."""
