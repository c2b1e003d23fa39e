// Translates Streamlit's own English texts (skip link, labels of buttons for screen readers, placeholders) and puts
// no-break spaces around French punctuation. Streamlit cannot be translated (streamlit issue 1353).
window.paletteFrench ??= (() => {
  const WORDS = {
    "Skip to main content": "Aller au contenu", "Sidebar": "Menu", "App pages": "Écrans", "Expand sidebar": "Déplier le menu",
    "Collapse sidebar": "Replier le menu", "Help": "Aide", "Link to heading": "Lien vers ce titre", "Open": "Dérouler la liste",
    "Close": "Fermer", "Clear value": "Vider", "Clear all": "Vider", "Selected values": "Valeurs choisies",
    "Choose an option": "Choisir…", "Choose options": "Choisir…", "No results": "Aucun résultat", "Previous page": "Page précédente",
    "Next page": "Page suivante", "Show password": "Montrer le mot de passe", "Hide password": "Cacher le mot de passe",
    "Running...": "En cours…", "file upload": "Fichier", "Stop script": "Arrêter", "Add files": "Ajouter un fichier", "Click to retry upload": "Cliquer pour envoyer de nouveau",
  }
  const UNKNOWN_ADDRESS = {
    "Page not found": "Adresse inconnue",
    "The page that you have requested does not seem to exist. Running the app's main page.": "Aucun écran n’a cette adresse : voici l’accueil.",
  }
  const BEGINNINGS = { "Help for ": "Aide : ", "Show data": "Les chiffres", "Remove ": "Retirer ", "Upload ": "Envoyer : ", "Cancel upload of ": "Ne pas envoyer " }
  const ATTRIBUTES = ["aria-label", "placeholder", "title"]
  const PROSE = "[data-testid=stMarkdownContainer], [data-testid=stCaptionContainer], [data-testid=stAlert]"
  const SKIP_LINK = "[data-testid=stSkipToContent]"
  const TOAST = "[role=alertdialog].stToast"
  const NOT_MADE = "[data-testid=stDownloadButtonError]"
  const DROPZONE = "[data-testid=stFileUploaderDropzone]"
  const SIZE = /^(\d+)\s?MB per file/
  const FILE = "[data-testid=stFileChip], [data-testid=stTooltipErrorContent], [role=tooltip]"
  const REFUSED_FILE = [
    [/^File must be ([\d.]+)\s?MB or smaller\.$/, (_, size) => `Ce fichier est trop gros : ${parseFloat(size).toLocaleString("fr")}\u00a0Mo au plus.`],
    [/^.*files are not allowed\.$/, "Ce genre de fichier ne se dépose pas ici."],
    [/^Error: $/, ""],
    [/^File size is too small\.$/, "Ce fichier est vide."],
    [/^Only one file is allowed\.$/, "Un seul fichier à la fois."],
    [/^(Request failed with status code|Network Error|Upload failed|Unexpected error|timeout).*$/, "L’envoi a échoué : votre session, vos droits ou la connexion ont peut-être changé. Rechargez la page."],
  ]

  function french(text) {
    if (Object.hasOwn(WORDS, text)) return WORDS[text]
    const beginning = Object.keys(BEGINNINGS).find((words) => text.startsWith(words))
    return beginning ? BEGINNINGS[beginning] + text.slice(beginning.length) : text
  }

  function translateAttributes(element) {
    for (const name of ATTRIBUTES) {
      const text = element.getAttribute(name)
      if (text && french(text) !== text) element.setAttribute(name, french(text))
    }
  }

  function translateText(node) {
    const parent = node.parentElement
    if (!parent) return
    let text = node.data
    if (Object.hasOwn(UNKNOWN_ADDRESS, text) && parent.closest("[role=dialog]")) text = UNKNOWN_ADDRESS[text]
    else if (parent.closest(SKIP_LINK) || (text === "No results" && parent.closest("[role=listbox]"))) text = french(text)
    else if (parent.closest(NOT_MADE)) text = "Ce fichier n’a pas pu être donné : vos rôles ou votre connexion ont peut-être changé. Rechargez la page."
    else if (REFUSED_FILE.some(([english]) => english.test(text)) && parent.closest(FILE))
      text = REFUSED_FILE.reduce((refusal, [english, words]) => refusal.replace(english, words), text)
    else if (parent.closest(DROPZONE)) text = text.replace(/^Upload$/, "Choisir un fichier").replace(SIZE, "ou le déposer ici · $1\u00a0Mo au plus").replace(" • ", " · ")
    else if (parent.closest(PROSE) && !parent.closest("code, pre, textarea, svg"))
      text = text.replace(/« /g, "«\u00a0").replace(/ (?=[»:;?!])/g, "\u00a0")
    if (text !== node.data) node.data = text
  }

  function nameToast(toast) {
    if (!toast.hasAttribute("aria-label")) toast.setAttribute("aria-label", "Avis") // Streamlit gives a toast no accessible name
  }

  function translate(node) {
    if (node.nodeType === Node.TEXT_NODE) return translateText(node)
    if (node.nodeType !== Node.ELEMENT_NODE) return
    translateAttributes(node)
    if (node.matches(TOAST)) nameToast(node)
    node.querySelectorAll(TOAST).forEach(nameToast)
    node.querySelectorAll("[aria-label], [placeholder], [title]").forEach(translateAttributes)
    const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) translateText(texts.currentNode)
  }

  translate(document.body)
  const observer = new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(translate)
      else if (change.type === "attributes") translateAttributes(change.target)
      else translateText(change.target)
    }
  })
  observer.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES })
  return observer
})()
