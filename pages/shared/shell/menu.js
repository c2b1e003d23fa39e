document.documentElement.lang = "fr"
// Streamlit puts each group of pages in a div between ul and li, so a screen reader finds no list. Make each div a list.
// (Write no HTML tag here, not even in a comment: Streamlit's sanitizer would drop the script.)
function nameGroups() {
  for (const list of document.querySelectorAll("[data-testid=stSidebarNavItems] > div:not([role])")) {
    const title = list.querySelector("header")
    title?.setAttribute("aria-hidden", "true") // read once, as the name of the list
    if (title) list.setAttribute("aria-label", title.querySelector("p").textContent)
    list.setAttribute("role", "list")
    list.parentElement.setAttribute("role", "none")
  }
}
nameGroups()
window.paletteGroups ??= new MutationObserver(nameGroups)
window.paletteGroups.observe(document.body, { childList: true, subtree: true })

// The grid calls this before it reruns the page, because a rerun would close an open form.
window.paletteDialogIsOpen = () => document.querySelector("[data-testid=stDialog]") !== null
