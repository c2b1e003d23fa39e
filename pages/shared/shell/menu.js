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

// The grid asks this before it has the page run again: a rerun would close a form that is being filled in.
window.paletteDialogIsOpen = () => document.querySelector("[data-testid=stDialog]") !== null
