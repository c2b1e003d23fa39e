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

// For the grid: the form that is open beside it, « form-cer-12 », which a rerun brings up to date; and what it fits its
// height to.
window.paletteOpenForm = () => document.querySelector(".st-key-side_panel [class*='st-key-editing-']")?.className.match(/st-key-editing-(form-\w+?-\w+?)(_\d+)?(?![\w-])/)?.[1]
window.palettePageArea = () => ({ page: document.querySelector("[data-testid=stMain]"), content: document.querySelector("[data-testid=stMainBlockContainer]") })

// The grid asks this before it reruns the page: a rerun would end a run that goes on, and close a form in a dialog.
window.paletteScriptRuns = () => document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "running"
window.paletteDialogIsOpen = () => document.querySelector("[data-testid=stDialog]") !== null
