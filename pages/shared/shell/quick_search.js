// Ctrl+K, or the button « Chercher » of the menu: finds persons, partners and screens while one types. Arrows choose,
// Enter opens, Escape closes. The words are posted to /chercher, never written in an address; the screens are those of
// the menu. (Write no HTML tag here, not even in a comment: Streamlit's sanitizer would drop the script.)
window.paletteSearch ??= (() => {
  const PAUSE = 90
  const LINK = "[data-testid=stSidebarNavLink], .st-key-account a"
  let dialog, input, list, status
  let options = []
  let chosen = 0
  let question = 0 // an answer to an earlier question is dropped
  let timer

  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()

  function make(tag, className, attributes = {}, text = "") {
    const element = document.createElement(tag)
    element.className = className
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    element.textContent = text
    return element
  }

  function build() {
    dialog = make("dialog", "palette-search", { "aria-label": "Chercher partout" })
    input = make("input", "palette-search-words", {
      type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-expanded": "true", maxlength: "200",
      "aria-autocomplete": "list", "aria-controls": "palette-search-list", "aria-label": "Chercher partout",
      placeholder: "Nom, nom d’artiste, téléphone, courriel, partenaire, écran…",
    })
    list = make("div", "palette-search-list", { id: "palette-search-list", role: "listbox", "aria-label": "Résultats" })
    status = make("p", "palette-search-status", { role: "status" })
    dialog.append(input, list, status)
    input.addEventListener("input", ask)
    dialog.addEventListener("keydown", onKey)
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close() })
    dialog.addEventListener("close", () => { input.value = "" })
    document.querySelector("[data-testid=stApp]").append(dialog) // whose colours it inherits
  }

  function open() {
    if (window.paletteDialogIsOpen?.()) return // a form is open above the page
    if (!dialog?.isConnected) build()
    if (dialog.open) return
    show(screens(""), "")
    dialog.showModal() // gives the focus back when it closes
    input.focus()
  }

  function screens(words) {
    const links = [...document.querySelectorAll(LINK)].filter((link) => link.getAttribute("href") !== "/deconnexion")
    const title = (link) => [...link.querySelectorAll("span, p")].at(-1)?.textContent.trim() ?? "" // after its icon
    return links
      .map((link) => ({ kind: "Écrans", title: title(link), detail: "", link }))
      .filter((one) => plain(words).split(/\s+/).every((word) => plain(one.title).split(/[\s’]+/).some((part) => part.startsWith(word))))
  }

  function ask() {
    const words = input.value.trim()
    const number = ++question
    clearTimeout(timer)
    if (!words) return show(screens(""), "")
    timer = setTimeout(async () => {
      let found = []
      let problem = ""
      try {
        const answer = await fetch("/chercher", {
          method: "POST", cache: "no-store", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ words }),
        })
        if (answer.ok) found = (await answer.json()).found
        else problem = "La recherche n’a pas abouti ; réessayez."
      } catch {
        problem = "Palette ne répond pas ; réessayez."
      }
      if (number !== question) return
      const named = screens(words)
      const isExact = named.some((one) => plain(one.title) === plain(words)) // « cer » is the screen, then who lives in Saint-Céré
      const every = isExact ? [...named, ...found] : [...found, ...named]
      show(every, problem || (every.length ? "" : "Rien de ce nom : ni personne, ni partenaire, ni écran."))
    }, PAUSE)
  }

  function show(results, message) {
    list.replaceChildren()
    options = results.map((result, index) => {
      if (result.kind !== results[index - 1]?.kind) list.append(make("div", "palette-search-kind", { role: "presentation" }, result.kind))
      const option = make("div", "palette-search-option", { role: "option", id: `palette-search-${index}` })
      option.append(make("span", "", {}, result.title), make("span", "palette-search-detail", {}, result.detail))
      option.addEventListener("click", () => go(result))
      list.append(option)
      return { option, result }
    })
    status.textContent = message || (options.length ? `${options.length} résultat${options.length > 1 ? "s" : ""}` : "")
    choose(0)
  }

  function choose(index) {
    chosen = index
    options.forEach(({ option }, place) => option.setAttribute("aria-selected", place === index))
    const option = options[index]?.option
    input.setAttribute("aria-activedescendant", option?.id ?? "")
    option?.scrollIntoView({ block: "nearest" })
  }

  function onKey(event) {
    if (event.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && options.length) choose((chosen + step + options.length) % options.length)
    else if (event.key === "Enter" && options[chosen]) go(options[chosen].result)
    else if (event.key === "Tab") input.focus()
    else return
    event.preventDefault()
  }

  function go({ link, address }) {
    dialog.close()
    if (link) link.click()
    else {
      history.pushState({}, "", address)
      dispatchEvent(new PopStateEvent("popstate"))
    }
  }

  document.addEventListener("keydown", (event) => {
    const isShortcut = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k"
    if (!isShortcut) return
    event.preventDefault()
    event.stopPropagation()
    open()
  }, { capture: true })
  document.addEventListener("click", (event) => { if (event.target.closest?.(".palette-search-button")) open() })
  return open
})()
