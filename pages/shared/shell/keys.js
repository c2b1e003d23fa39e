// F1, or « Touches du clavier » at the foot of the menu: the list of the keys (keys.py), above the page; Escape closes it.
// (Write no HTML tag here, not even in a comment: Streamlit's sanitizer would drop the script.)
window.paletteKeys ??= (() => {
  const KEYS = __KEYS__
  let dialog

  function make(tag, text = "", ...children) {
    const element = document.createElement(tag)
    element.textContent = text
    element.append(...children)
    return element
  }

  function build() {
    const close = make("button", "Fermer")
    close.type = "button"
    const title = make("h2", "Touches du clavier")
    title.id = "palette-keys-title"
    dialog = make("dialog", "", make("header", "", title, close))
    dialog.className = "palette-keys"
    dialog.setAttribute("aria-labelledby", title.id)
    for (const [heading, keys] of Object.entries(KEYS)) {
      dialog.append(make("h3", heading), make("dl", "", ...keys.flatMap(([key, what]) => [make("dt", key), make("dd", what)])))
    }
    close.addEventListener("click", () => dialog.close())
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close() })
    document.querySelector("[data-testid=stApp]").append(dialog) // whose colours it inherits
  }

  function open() {
    if (!dialog?.isConnected) build()
    if (dialog.open) return dialog.close()
    dialog.showModal() // gives the focus back when it closes
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "F1" || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    open()
  }, { capture: true })
  document.addEventListener("click", (event) => { if (event.target.closest?.(".palette-keys-button")) open() })
  return open
})()
