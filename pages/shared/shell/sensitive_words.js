// While a person types a note, asks the server whether the text holds sensitive words (db/people/sensitive_words.py), and
// warns in a small box that covers neither the field nor a button. It only warns: nothing is blocked, and an unreachable
// server is ignored. (Write no HTML tag here, not even in a comment: Streamlit's sanitizer would drop the script.)
window.paletteWary ??= (() => {
  const TYPING_PAUSE = 700
  const LONGEST = 20_000
  const SHOWN_AFTER_LEAVING = 10_000 // the box of a grid cell that was closed before the answer came
  const SEARCH = /^\s*(re)?cherche/i
  const POPOVER_OPEN = CSS.supports("selector(:popover-open)") ? ":popover-open" : ":not(*)"
  const DIALOG = "[role=dialog], dialog"
  const dismissed = new Set() // the marks of the concerns that were answered by « Compris »
  let field = null // the field typed in last
  let fieldKey = "" // and its key
  let concerns = []
  let timer = 0
  let followTimer = 0
  let hideAt = 0

  // ---- which fields are notes

  function isNote(input) {
    if (input instanceof HTMLTextAreaElement) return !input.readOnly && !SEARCH.test(labelOf(input))
    if (!(input instanceof HTMLInputElement) || input.type !== "text" || input.readOnly) return false
    if (input.getAttribute("role") === "combobox") return false // a value of a list
    if (/password|username|one-time/.test(input.autocomplete)) return false // a visible password is a text input
    return !SEARCH.test(labelOf(input)) && !SEARCH.test(input.placeholder)
  }

  const labelOf = (input) => input.getAttribute("aria-label") || input.labels?.[0]?.textContent || input.placeholder || ""

  // Identifies a field by page, label and containers, because Streamlit and the grid replace their input elements.
  function keyOf(input) {
    const keys = [location.pathname + location.search, labelOf(input)]
    for (let node = input; node; node = node.parentElement ?? node.getRootNode().host) {
      if (node.rowId !== undefined) keys.push(node.rowId)
      keys.push(...[...node.classList].filter((name) => name.startsWith("st-key-")))
    }
    return keys.join("|")
  }

  // ---- asking the server

  function onInput(event) {
    const input = event.composedPath()[0]
    if (!isNote(input)) return
    if (input !== field) show([])
    field = input
    fieldKey = keyOf(input)
    attachBox()
    clearTimeout(timer)
    timer = setTimeout(ask, TYPING_PAUSE)
  }

  async function ask() {
    clearTimeout(timer)
    timer = 0
    const [input, text, key] = [field, field.value, fieldKey]
    const answered = text.trim() ? await fetchConcerns(text) : []
    if (input !== field || timer) return // more was typed meanwhile: another answer will come
    show(answered.map((concern) => ({ ...concern, mark: [key, concern.kind, concern.words.toLowerCase()].join("|") })))
  }

  async function fetchConcerns(text) {
    try {
      const body = JSON.stringify({ text: text.slice(0, LONGEST) })
      const headers = { "Content-Type": "application/json" }
      const answer = await fetch("/mots", { method: "POST", body, headers, cache: "no-store" })
      return answer.ok ? (await answer.json()).concerns : []
    } catch {
      return [] // the server does not answer: Streamlit shows that itself
    }
  }

  // ---- the box

  function make(tag, style, ...children) {
    const element = document.createElement(tag)
    Object.assign(element.style, style)
    element.append(...children)
    return element
  }

  const list = make("div", { overflow: "auto", minHeight: "0" })
  const button = make("button", {
    font: "inherit", fontWeight: "600", color: "inherit", background: "transparent", border: "1px solid currentColor",
    borderRadius: "0.25rem", padding: "0.2rem 0.8rem", minHeight: "2rem", cursor: "pointer", alignSelf: "flex-end", flex: "none",
  }, "Compris")
  button.type = "button"
  button.addEventListener("click", () => {
    for (const concern of concerns) dismissed.add(concern.mark)
    show(concerns)
  })
  const box = make("div", {
    position: "fixed", inset: "auto", margin: "0", zIndex: "2147483000", display: "none", flexDirection: "column", gap: "0.4rem", boxSizing: "border-box",
    width: "min(26rem, calc(100vw - 1rem))", maxHeight: "min(18rem, 42vh)", padding: "0.6rem 0.8rem", fontSize: "0.875rem",
    lineHeight: "1.4", border: "1px solid", borderLeftWidth: "4px", borderRadius: "0.25rem",
    boxShadow: "0 4px 16px rgb(0 0 0 / 25%)",
  }, list, button)
  box.className = "palette-wary"
  box.popover = "manual" // above everything and clipped by no parent; a browser without popovers shows it all the same
  const status = make("div", { position: "absolute" }, box) // a live region is read out only if it is there before its text
  status.setAttribute("role", "status")
  status.setAttribute("aria-live", "polite")
  box.addEventListener("mousedown", (event) => event.preventDefault()) // the field keeps the focus

  // Attaches the box to the field's dialog, if any: a click outside a dialog closes it, and nothing outside is read out.
  function attachBox() {
    const container = closestAcross(field, DIALOG) ?? document.body
    if (status.parentNode !== container) container.append(status)
  }

  // As Element.closest, but also beyond shadow roots.
  function closestAcross(element, selector) {
    for (let node = element; node; node = node.getRootNode().host) {
      const match = node.closest(selector)
      if (match) return match
    }
    return null
  }

  function show(newConcerns) {
    concerns = newConcerns.filter((concern) => !dismissed.has(concern.mark))
    const kinds = [...new Set(concerns.map((concern) => concern.kind))]
    const lines = kinds.map((kind) => makeLine(concerns.filter((concern) => concern.kind === kind)))
    clearInterval(followTimer)
    list.replaceChildren(...lines)
    if (!kinds.length) return hide()
    hideAt = field.isConnected ? 0 : Date.now() + SHOWN_AFTER_LEAVING
    if (!box.isConnected) attachBox()
    box.style.display = "flex"
    if (!!box.matches(POPOVER_OPEN)) box.showPopover?.()
    paint()
    place()
    followTimer = setInterval(follow, 300)
  }

  function hide() {
    box.style.display = "none"
    if (!box.matches(POPOVER_OPEN)) box.hidePopover()
  }

  // One paragraph for the concerns of one kind: the words, then why they should not be written.
  function makeLine(ofKind) {
    const words = [...new Set(ofKind.map((concern) => concern.words))]
    const shown = words.slice(0, 4).map((word) => `« ${word} »`).join(", ") + (words.length > 4 ? "…" : "")
    return make("p", { font: "inherit", margin: "0 0 0.4rem", overflowWrap: "anywhere" }, make("strong", { display: "block" }, withNoBreaks(shown)), withNoBreaks(ofKind[0].why))
  }

  const withNoBreaks = (text) => text.replace(/(«|art\.) /g, "$1\u00a0").replaceAll(" »", "\u00a0»") // no line ends on « or « art. »

  // Takes the colours of the field's surroundings, so that the box follows the light or dark theme.
  function paint() {
    const surroundings = field.isConnected ? field : document.querySelector(".stApp") ?? document.body
    const style = getComputedStyle(surroundings)
    const background = backgroundOf(surroundings)
    const [red, green, blue] = background.match(/[\d.]+/g).map(Number)
    const dark = red * 0.3 + green * 0.6 + blue * 0.1 < 128
    box.style.color = dark ? "#f2eee6" : "#1c1814"
    box.style.background = background
    box.style.borderColor = dark ? "#d99a2b" : "#a35c00"
    box.style.fontFamily = style.fontFamily
  }

  function backgroundOf(element) {
    for (let node = element; node; node = node.parentElement ?? node.getRootNode().host) {
      const colour = getComputedStyle(node).backgroundColor
      if (/^rgb\(/.test(colour)) return colour
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? "rgb(6, 5, 4)" : "rgb(253, 252, 250)"
  }

  // ---- where the box is: below, above or beside the field or at an edge of the window, wherever it hides least

  function place() {
    const fieldArea = field.getBoundingClientRect()
    const { width, height } = box.getBoundingClientRect()
    const [right, bottom] = [innerWidth - width - 8, visibleHeight() - height - 8]
    const left = Math.min(Math.max(8, fieldArea.left), right)
    const beside = Math.min(Math.max(8, fieldArea.top), bottom)
    const corners = field.isConnected
      ? [
          [left, fieldArea.bottom + 6], [left, fieldArea.top - height - 6], [fieldArea.right + 8, beside],
          [fieldArea.left - width - 8, beside],
          [right, bottom], [8, bottom], [right, 8], [8, 8],
        ]
      : [[right, bottom]]
    const areas = corners.map(([x, y]) => ({ left: x, top: y, right: x + width, bottom: y + height }))
    const others = neighbours()
    const costs = areas.map((area) => cost(area, fieldArea, others))
    move(areas[costs.indexOf(Math.min(...costs))])
  }

  const visibleHeight = () => visualViewport?.height ?? innerHeight // without the on-screen keyboard of a telephone

  const overlaps = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom

  function cost(area, fieldArea, others) {
    const outside = area.left < 0 || area.top < 0 || area.right > innerWidth || area.bottom > visibleHeight()
    const hidden = others.filter((other) => overlaps(area, other.area)).reduce((sum, other) => sum + other.weight, 0)
    return (outside ? 1e6 : 0) + (field.isConnected && overlaps(area, fieldArea) ? 1e5 : 0) + hidden
  }

  // The elements that the box should not hide: above all the button that saves, then other buttons, then fields.
  function neighbours() {
    const container = closestAcross(field, DIALOG) ?? document
    const weightOf = (element) =>
      element.matches("[kind*=ubmit], [kind=primary], [type=submit]") ? 1000 : element.matches("button") ? 100 : 10
    return [...container.querySelectorAll("button, input, textarea, [role=combobox]")]
      .filter((element) => element !== field && !box.contains(element))
      .map((element) => ({ area: element.getBoundingClientRect(), weight: weightOf(element) }))
  }

  // Inside a transformed parent, « fixed » coordinates count from that parent: measure where the box is, and correct it.
  function move(area) {
    Object.assign(box.style, { left: `${area.left}px`, top: `${area.top}px` })
    const actual = box.getBoundingClientRect()
    box.style.left = `${2 * area.left - actual.left}px`
    box.style.top = `${2 * area.top - actual.top}px`
  }

  function follow() {
    if (hideAt ? Date.now() > hideAt : !field.isConnected) show([])
    else if (!field.value.trim() && !hideAt) show([])
    else if (!box.isConnected) show(concerns)
    else place()
  }

  // ---- events. A field that is left before the typing pause has passed is checked at once; Escape cancels the check.

  document.addEventListener("input", onInput, { capture: true, passive: true })
  document.addEventListener("focusout", () => { if (timer) ask() }, { capture: true, passive: true })
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return
    clearTimeout(timer)
    timer = 0
  }, { capture: true, passive: true })
  for (const name of ["scroll", "resize"]) {
    window.addEventListener(name, () => { if (concerns.length) follow() }, { capture: true, passive: true })
  }
  return status
})()
