// Streamlit's own words, in French: what a keyboard comes to first, what a screen reader says of its buttons. And no
// line ends on « or begins with a sign that French sets apart.
window.paletteFrench ??= (() => {
  const WORDS = {
    "Skip to main content": "Aller au contenu", "Sidebar": "Menu", "App pages": "Écrans", "Expand sidebar": "Déplier le menu",
    "Collapse sidebar": "Replier le menu", "Help": "Aide", "Link to heading": "Lien vers ce titre", "Open": "Dérouler la liste",
    "Close": "Fermer", "Clear value": "Vider", "Clear all": "Vider", "Selected values": "Valeurs choisies",
    "Choose an option": "Choisir…", "Choose options": "Choisir…", "No results": "Aucun résultat", "Previous page": "Page précédente",
    "Next page": "Page suivante", "Show password": "Montrer le mot de passe", "Hide password": "Cacher le mot de passe",
    "Running...": "En cours…", "file upload": "Fichier", "Stop script": "Arrêter",
  }
  const BEGINNINGS = { "Help for ": "Aide : ", "Remove ": "Retirer ", "Upload ": "Envoyer : " }
  const NAMES = ["aria-label", "placeholder", "title"]
  const PROSE = "[data-testid=stMarkdownContainer], [data-testid=stCaptionContainer], [data-testid=stAlert]"
  const SAID = "[data-testid=stSkipToContent]"
  const TOAST = "[role=alertdialog].stToast"
  const DROPZONE = "[data-testid=stFileUploaderDropzone]"
  const SIZE = /^(\d+)\s?MB per file/

  function french(text) {
    if (Object.hasOwn(WORDS, text)) return WORDS[text]
    const begins = Object.keys(BEGINNINGS).find((one) => text.startsWith(one))
    return begins ? BEGINNINGS[begins] + text.slice(begins.length) : text
  }

  function rename(one) {
    for (const name of NAMES) {
      const text = one.getAttribute(name)
      if (text && french(text) !== text) one.setAttribute(name, french(text))
    }
  }

  function reword(node) {
    const home = node.parentElement
    if (!home) return
    let text = node.data
    if (home.closest(SAID) || (text === "No results" && home.closest("[role=listbox]"))) text = french(text)
    else if (home.closest(DROPZONE)) text = text.replace(/^Upload$/, "Choisir un fichier").replace(SIZE, "ou le déposer ici · $1\u00a0Mo au plus").replace(" • ", " · ")
    else if (home.closest(PROSE) && !home.closest("code, pre, textarea, svg"))
      text = text.replace(/« /g, "«\u00a0").replace(/ (?=[»:;?!])/g, "\u00a0")
    if (text !== node.data) node.data = text
  }

  function call(toast) {
    if (!toast.hasAttribute("aria-label")) toast.setAttribute("aria-label", "Avis")  // Streamlit gives it no name
  }

  function look(node) {
    if (node.nodeType === Node.TEXT_NODE) return reword(node)
    if (node.nodeType !== Node.ELEMENT_NODE) return
    rename(node)
    if (node.matches(TOAST)) call(node)
    node.querySelectorAll(TOAST).forEach(call)
    node.querySelectorAll("[aria-label], [placeholder], [title]").forEach(rename)
    const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) reword(texts.currentNode)
  }

  look(document.body)
  const observer = new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(look)
      else if (change.type === "attributes") rename(change.target)
      else reword(change.target)
    }
  })
  observer.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: NAMES })
  return observer
})()
