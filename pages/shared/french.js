// A few words that Streamlit knows in English only, put into French where they stand: choosing a file, an empty list.
// (No tag may be written here, not even in a comment: Streamlit would drop the script as unsafe.)
window.paletteFrench ??= (() => {
  const WORDS = [
    [/^Upload$/, "Choisir un fichier"],
    [/^(\d+)\s?MB per file\s*•\s*(.+)$/, "ou le déposer ici · $1 Mo au plus · $2"],
    [/^No results$/, "Aucun résultat"],
  ]
  const PLACES = "[data-testid=stFileUploaderDropzone], [role=listbox], [data-testid=stSelectboxVirtualDropdown]"

  function translate(root) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const node = walker.currentNode
      for (const [english, french] of WORDS) if (english.test(node.data)) node.data = node.data.replace(english, french)
    }
    for (const input of root.querySelectorAll("[aria-label='file upload']")) input.setAttribute("aria-label", "Fichier")
  }

  const all = () => document.querySelectorAll(PLACES).forEach(translate)
  const observer = new MutationObserver(all)
  observer.observe(document.body, { childList: true, characterData: true, subtree: true })
  all()
  return observer
})()
