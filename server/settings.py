"""Under which address people reach Palette: PALETTE_ADDRESS (https://palette.exemple.fr), or none while it is tried."""

import os
from urllib.parse import urlsplit

from db.accounts.sessions import ADDRESS, IS_SECURE

OWN_HOST = urlsplit(ADDRESS).netloc
"""The only host that is answered; '' while it is tried on this machine."""
DEVICE = "__Host-palette-appareil" if IS_SECURE else "palette-appareil"
_issuer = urlsplit(os.environ.get("PALETTE_OIDC_ISSUER", ""))
PROVIDER = f"{_issuer.scheme}://{_issuer.netloc}" if _issuer.netloc else ""
"""Where signing out may lead besides; '' without a provider."""
