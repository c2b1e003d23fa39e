// While somebody types a note, asks the server whether it holds what no note should (db/people/sensitive_words.py), and says so in a small
// box that covers neither the field nor a button. It only warns: nothing is held back, and a server that is away is
// nobody's concern. (No tag may be written here, not even in a comment: Streamlit would drop the script as unsafe.)
window.paletteWary ??= (() => {
  const PAUSE = 700
  const LONGEST = 20_000
  const STAYS = 10_000 // the box of a cell that was left before the answer came
  const SEARCH = /^\s*(re)?cherche/i
  const OPEN = CSS.supports("selector(:popover-open)") ? ":popover-open" : ":not(*)"
  const DIALOG = "[role=dialog], dialog"
  const understood = new Set()
  let field = null // the one typed in last
  let where = "" // and its place
  let concerns = []
  let timer = 0
  let watch = 0
  let leaves = 0

  // ---- the fields it reads

  function isNote(one) {
    if (one instanceof HTMLTextAreaElement) return !one.readOnly && !SEARCH.test(named(one))
    if (!(one instanceof HTMLInputElement) || one.type !== "text" || one.readOnly) return false
    if (one.getAttribute("role") === "combobox") return false // a value of a list
    if (/password|username|one-time/.test(one.autocomplete)) return false // a password that is shown is a text input
    return !SEARCH.test(named(one)) && !SEARCH.test(one.placeholder)
  }

  const named = (one) => one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.placeholder || ""

  // Streamlit and the grid make their fields anew: a field is the same one when it stands in the same place.
  function placeOf(one) {
    const keys = [location.pathname + location.search, named(one)]
    for (let node = one; node; node = node.parentElement ?? node.getRootNode().host) {
      if (node.rowId !== undefined) keys.push(node.rowId)
      keys.push(...[...node.classList].filter((name) => name.startsWith("st-key-")))
    }
    return keys.join("|")
  }

  // ---- asking

  function heard(event) {
    const one = event.composedPath()[0]
    if (!isNote(one)) return
    if (one !== field) show([])
    field = one
    where = placeOf(one)
    stand()
    clearTimeout(timer)
    timer = setTimeout(ask, PAUSE)
  }

  async function ask() {
    clearTimeout(timer)
    timer = 0
    const [one, text, place] = [field, field.value, where]
    const found = text.trim() ? await answer(text) : []
    if (one !== field || timer) return // more was typed meanwhile: its own answer comes
    show(found.map((item) => ({ ...item, mark: [place, item.kind, item.words.toLowerCase()].join("|") })))
  }

  async function answer(text) {
    try {
      const body = JSON.stringify({ text: text.slice(0, LONGEST) })
      const headers = { "Content-Type": "application/json" }
      const told = await fetch("/mots", { method: "POST", body, headers, cache: "no-store" })
      return told.ok ? (await told.json()).concerns : []
    } catch {
      return [] // the server is away: Streamlit says so itself
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
    for (const item of concerns) understood.add(item.mark)
    show(concerns)
  })
  const box = make("div", {
    position: "fixed", inset: "auto", margin: "0", zIndex: "2147483000", display: "none", flexDirection: "column", gap: "0.4rem", boxSizing: "border-box",
    width: "min(26rem, calc(100vw - 1rem))", maxHeight: "min(18rem, 42vh)", padding: "0.6rem 0.8rem", fontSize: "0.875rem",
    lineHeight: "1.4", border: "1px solid", borderLeftWidth: "4px", borderRadius: "0.25rem",
    boxShadow: "0 4px 16px rgb(0 0 0 / 25%)",
  }, list, button)
  box.className = "palette-wary"
  box.popover = "manual" // shown over everything, cut off by no parent; a browser that knows none shows it all the same
  const status = make("div", { position: "absolute" }, box) // there before the words are: only then are they read out
  status.setAttribute("role", "status")
  status.setAttribute("aria-live", "polite")
  box.addEventListener("mousedown", (event) => event.preventDefault()) // the field keeps the focus

  // In the dialog of the field, if there is one: a click outside of a dialog closes it, and what is outside is not read out.
  function stand() {
    const home = within(field, DIALOG) ?? document.body
    if (status.parentNode !== home) home.append(status)
  }

  function within(one, selector) {
    for (let node = one; node; node = node.getRootNode().host) {
      const found = node.closest(selector)
      if (found) return found
    }
    return null
  }

  function show(found) {
    concerns = found.filter((item) => !understood.has(item.mark))
    const kinds = [...new Set(concerns.map((item) => item.kind))]
    const lines = kinds.map((kind) => line(concerns.filter((item) => item.kind === kind)))
    clearInterval(watch)
    list.replaceChildren(...lines)
    if (!kinds.length) return hide()
    leaves = field.isConnected ? 0 : Date.now() + STAYS
    if (!box.isConnected) stand()
    box.style.display = "flex"
    if (!box.matches(OPEN)) box.showPopover?.()
    paint()
    place()
    watch = setInterval(follow, 300)
  }

  function hide() {
    box.style.display = "none"
    if (box.matches(OPEN)) box.hidePopover()
  }

  function line(same) {
    const words = [...new Set(same.map((item) => item.words))]
    const shown = words.slice(0, 4).map((word) => `« ${word} »`).join(", ") + (words.length > 4 ? "…" : "")
    return make("p", { font: "inherit", margin: "0 0 0.4rem", overflowWrap: "anywhere" }, make("strong", { display: "block" }, held(shown)), held(same[0].why))
  }

  const held = (text) => text.replace(/(«|art\.) /g, "$1\u00a0").replaceAll(" »", "\u00a0»") // no line ends on « or « art. »

  // The colours of the place where it stands: they follow the reader's own, light or dark.
  function paint() {
    const home = field.isConnected ? field : document.querySelector(".stApp") ?? document.body
    const style = getComputedStyle(home)
    const ground = groundOf(home)
    const [red, green, blue] = ground.match(/[\d.]+/g).map(Number)
    const dark = red * 0.3 + green * 0.6 + blue * 0.1 < 128
    box.style.color = dark ? "#f2eee6" : "#1c1814"
    box.style.background = ground
    box.style.borderColor = dark ? "#d99a2b" : "#a35c00"
    box.style.fontFamily = style.fontFamily
  }

  function groundOf(one) {
    for (let node = one; node; node = node.parentElement ?? node.getRootNode().host) {
      const colour = getComputedStyle(node).backgroundColor
      if (/^rgb\(/.test(colour)) return colour
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? "rgb(6, 5, 4)" : "rgb(253, 252, 250)"
  }

  // ---- where it stands: under the field, over it, beside it, or at an edge of the window, wherever it hides least

  function place() {
    const seen = field.getBoundingClientRect()
    const { width, height } = box.getBoundingClientRect()
    const [right, bottom] = [innerWidth - width - 8, tall() - height - 8]
    const left = Math.min(Math.max(8, seen.left), right)
    const beside = Math.min(Math.max(8, seen.top), bottom)
    const spots = field.isConnected
      ? [
          [left, seen.bottom + 6], [left, seen.top - height - 6], [seen.right + 8, beside], [seen.left - width - 8, beside],
          [right, bottom], [8, bottom], [right, 8], [8, 8],
        ]
      : [[right, bottom]]
    const rooms = spots.map(([x, y]) => ({ left: x, top: y, right: x + width, bottom: y + height }))
    const others = neighbours()
    const costs = rooms.map((room) => cost(room, seen, others))
    move(rooms[costs.indexOf(Math.min(...costs))])
  }

  const tall = () => visualViewport?.height ?? innerHeight // what the keyboard of a telephone leaves

  const meets = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom

  function cost(room, seen, others) {
    const outside = room.left < 0 || room.top < 0 || room.right > innerWidth || room.bottom > tall()
    const hidden = others.filter((other) => meets(room, other.seen)).reduce((sum, other) => sum + other.weight, 0)
    return (outside ? 1e6 : 0) + (field.isConnected && meets(room, seen) ? 1e5 : 0) + hidden
  }

  // What it would be a pity to hide: the button that saves, then the other buttons, then the fields.
  function neighbours() {
    const home = within(field, DIALOG) ?? document
    const weigh = (one) => (one.matches("[kind*=ubmit], [kind=primary], [type=submit]") ? 1000 : one.matches("button") ? 100 : 10)
    return [...home.querySelectorAll("button, input, textarea, [role=combobox]")]
      .filter((one) => one !== field && !box.contains(one))
      .map((one) => ({ seen: one.getBoundingClientRect(), weight: weigh(one) }))
  }

  // A parent that is moved or scaled is what « fixed » counts from: look where it came to stand, and mend.
  function move(room) {
    Object.assign(box.style, { left: `${room.left}px`, top: `${room.top}px` })
    const came = box.getBoundingClientRect()
    box.style.left = `${2 * room.left - came.left}px`
    box.style.top = `${2 * room.top - came.top}px`
  }

  function follow() {
    if (leaves ? Date.now() > leaves : !field.isConnected) show([])
    else if (!field.value.trim() && !leaves) show([])
    else if (!box.isConnected) show(concerns)
    else place()
  }

  // ---- listening; what is left before the pause is over is looked at all the same, unless it was given up

  document.addEventListener("input", heard, { capture: true, passive: true })
  document.addEventListener("focusout", () => { if (timer) ask() }, { capture: true, passive: true })
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return
    clearTimeout(timer)
    timer = 0
  }, { capture: true, passive: true })
  for (const sign of ["scroll", "resize"]) {
    window.addEventListener(sign, () => { if (concerns.length) follow() }, { capture: true, passive: true })
  }
  return status
})()
