"""The menu: one line per screen, grouped. Streamlit runs this script for every page."""

from functools import lru_cache, partial
from pathlib import Path

import streamlit as st

from db.model.roles import Role
from pages.shared.form.form import show_pending
from pages.shared.shell import account_menu, backup_status, toasts
from pages.shared.shell.screens import SCREENS, Screen
from pages.shared.shell.session import begin

_STYLE = """<style>
[data-testid=stMainBlockContainer] { padding-inline: clamp(1rem, 3vw, 3rem); }
[data-testid=stElementToolbar] { display: none; } /* English, and a download that knows nothing of formulas in names */
[data-testid=stPopoverButton] { color: inherit !important; } /* open, it would be primary on the dark page */
[data-testid=stMetricLabel] p { white-space: normal; } /* a long name is read whole */
[class*="-files"] button p { font-size: 0.85rem; } /* the files of a chart: there, and never in the way of it */
/* the numbers of charts: of the colour of text, but those in a bar (reports/charts/drawing.py, INSIDE) */
[data-testid=stVegaLiteChart] .mark-text:not(.inside_marks) text { fill: currentColor; }
/* who is signed in, and the way out: in sight on a low screen as well */
[data-testid=stSidebarUserContent] { position: sticky; bottom: 0; padding-block: 0.5rem; background: inherit; }
[data-testid=stSidebarContent] { background: inherit; }
.st-key-account a { color: inherit; font-size: 0.875rem; }
[data-testid=InputInstructions] { display: none; } /* « Press Enter to apply » */
/* the whole menu of an administrator on a screen 900 px high */
[data-testid=stSidebarHeader] { height: 2.5rem; margin-bottom: 0; }
[data-testid=stSidebarNavLink] { margin-block: 0; }
/* a telephone: the views of a screen, its tools or its conditions stand on one line, which slides */
@media (max-width: 640px) {
  [data-testid=stButtonGroup] button { padding-inline: 0.4rem; }
  [class*="-strip"] { flex-wrap: nowrap; overflow-x: auto; padding-block: 0.25rem; scrollbar-width: thin; }
  [class*="-strip"] > * { flex-shrink: 0; }
  [class*="-strip"] > :has(> [class*="-chosen"]), [class*="-strip"] > [class*="-chosen"] { order: -1; } /* in sight */
}
/* a tab or pill that is chosen or under the mouse: Streamlit writes primary on a tint of primary, 3.8 in dark */
[data-testid=stButtonGroup] button:not([data-disabled]) { color: inherit !important; }
</style><script>
document.documentElement.lang = "fr"
// Streamlit puts each group of pages in a div between ul and li: no list at all to a screen reader. Each becomes one.
// (No tag may be written here, not even in a comment: Streamlit would drop the whole script as unsafe.)
function nameGroups() {
  for (const list of document.querySelectorAll("[data-testid=stSidebarNavItems] > div:not([role])")) {
    const title = list.querySelector("header")
    title?.setAttribute("aria-hidden", "true") // said once, as the name of the list
    if (title) list.setAttribute("aria-label", title.querySelector("p").textContent)
    list.setAttribute("role", "list")
    list.parentElement.setAttribute("role", "none")
  }
}
nameGroups()
window.paletteGroups ??= new MutationObserver(nameGroups)
window.paletteGroups.observe(document.body, { childList: true, subtree: true })
</script>"""
_SCRIPTS = ("presence.js", "sensitive_words.js", "french.js")


@lru_cache
def _scripts() -> str:
    """What every page carries, read once."""
    shared = Path(__file__).parent / "shared" / "shell"
    return "".join(f"<script>{(shared / name).read_text(encoding='utf-8')}</script>" for name in _SCRIPTS)


# Before the navigation, whose own icons would be fetched from outside to stand in the browser's tab.
st.set_page_config(page_title="Palette", page_icon="🎨", layout="wide")
session = begin()
held = session.account.roles


def _page(screen: Screen, first: bool) -> st.Page:
    """A screen of the menu; one that the role does not open is out of it, and says so at its address."""
    icon = f":material/{screen.icon}:"
    if first:
        return st.Page(screen.file, icon=icon, default=True, title=screen.title)
    if held & screen.roles:
        return st.Page(screen.file, icon=icon, title=screen.title, url_path=screen.path)
    return st.Page(partial(forbidden, screen), icon=icon, visibility="hidden", title=screen.title, url_path=screen.path)


def forbidden(screen: Screen) -> None:
    """What stands at the address of a screen that the role does not open."""
    st.title(screen.title)
    st.warning(
        f"Votre rôle n’ouvre pas cet écran ; il faut être : {', '.join(r.label for r in Role if r in screen.roles)}."
    )


opened = [screen for screens in SCREENS.values() for screen in screens if held & screen.roles]
pages = {group: [_page(screen, screen is opened[0]) for screen in screens] for group, screens in SCREENS.items()}
# The first screen stands at the root only; which one that is depends on the role, and an address is passed on.
first = opened[0]
pages["Réglages"].append(st.Page(first.file, title=first.title, url_path=first.path, visibility="hidden"))
page = st.navigation(pages, expanded=True)
st.set_page_config(page_title=f"{page.title} · Palette")
st.html(_STYLE + _scripts(), unsafe_allow_javascript=True)
account_menu.show(session)
toasts.show()
if page.title == first.title:
    backup_status.warn()
page.run()
if Role.AGENT in held:
    show_pending()
