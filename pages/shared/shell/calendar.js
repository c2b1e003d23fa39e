// A calendar in French, opened beside a box in which a day is typed: in the forms and filters (date_fields.js) and in the
// grid (grid_editors.js). It has a shadow root, so that no other style reaches it.
// (Write no HTML tag here, not even in a comment: Streamlit's sanitizer would drop the script.)
window.PaletteCalendar ??= (() => {
  const STYLE = `
    :host { position: fixed; inset: auto; margin: 0; z-index: 2147483000; padding: 0.5rem; border: 1px solid; border-radius: 0.25rem;
      box-shadow: 0 4px 16px rgb(0 0 0 / 28%); box-sizing: border-box; width: 18.5rem; max-width: calc(100vw - 8px);
      font-size: 0.875rem; font-weight: 400; line-height: 1.2; text-align: center; cursor: default; white-space: normal; }
    :host([hidden]) { display: none; }
    .bar { display: flex; align-items: center; gap: 0.1rem; }
    .month { flex: 1; font-weight: 600; }
    button { font: inherit; font-size: 1rem; color: inherit; background: none; border: 0; border-radius: 0.25rem; min-width: 2.1rem; min-height: 2.1rem; cursor: pointer; }
    .today { border: 1px solid color-mix(in srgb, currentColor 55%, transparent); padding: 0 0.8rem; margin-top: 0.4rem; }
    button:hover, td:hover { background: color-mix(in srgb, currentColor 12%, transparent); }
    table { width: 100%; border-collapse: collapse; table-layout: fixed; margin-top: 0.3rem; }
    th { font-weight: 400; padding: 0.25rem 0; }
    td { height: 2.1rem; padding: 0; border-radius: 0.25rem; cursor: pointer; font-variant-numeric: tabular-nums; }
    td[aria-current] { font-weight: 700; box-shadow: inset 0 0 0 1px currentColor; }
    td[aria-selected=true] { background: var(--ink); color: var(--paper); }
    td:focus, button:focus-visible { outline: 2px solid var(--ink); outline-offset: 1px; }
  `
  const MOVES = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }
  const MONTHS = { PageUp: -1, PageDown: 1 }
  const MONTH = new Intl.DateTimeFormat("fr-FR", { month: "long", year: "numeric" })
  const LONG = new Intl.DateTimeFormat("fr-FR", { weekday: "long", day: "numeric", month: "long", year: "numeric" })
  const DAYS = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]

  const today = () => new Date(new Date().setHours(12, 0, 0, 0)) // noon: no change of hour makes another day of it
  const shift = (day, days) => new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, 12)
  const isSame = (one, other) => one.toDateString() === other?.toDateString()
  const sinceMonday = (day) => (day.getDay() + 6) % 7

  function shiftMonths(day, months) {
    const last = new Date(day.getFullYear(), day.getMonth() + months + 1, 0).getDate()
    return new Date(day.getFullYear(), day.getMonth() + months, Math.min(day.getDate(), last), 12)
  }

  function written(day) {
    return [day.getDate(), day.getMonth() + 1, day.getFullYear()].map((part) => String(part).padStart(2, "0")).join("/")
  }

  function read(text) {
    const [, day, month, year] = text.trim().match(/^(\d{1,2})\/(\d{1,2})\/(\d{4})$/) ?? []
    const found = new Date(year, month - 1, day, 12)
    return year && found.getDate() === Number(day) && found.getMonth() === month - 1 ? found : null
  }

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag)
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    element.append(...children)
    return element
  }

  // The nearest opaque background of an element, and whether it is dark: the calendar takes the theme of its surroundings.
  function surroundings(element) {
    for (let node = element; node; node = node.parentElement ?? node.getRootNode().host) {
      const colour = getComputedStyle(node).backgroundColor
      if (!/^rgb\(/.test(colour)) continue
      const [red, green, blue] = colour.match(/[\d.]+/g).map(Number)
      return { paper: colour, dark: red * 0.3 + green * 0.6 + blue * 0.1 < 128 }
    }
    const dark = matchMedia("(prefers-color-scheme: dark)").matches
    return { paper: dark ? "rgb(6, 5, 4)" : "rgb(253, 252, 250)", dark }
  }

  function icon() {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path")
    for (const [name, value] of Object.entries({ viewBox: "0 0 16 16", width: "16", height: "16", "aria-hidden": "true", style: "display: block" })) svg.setAttribute(name, value)
    for (const [name, value] of Object.entries({ d: "M2.5 3.5h11v10h-11zM2.5 6.5h11M5 1.5v3M11 1.5v3", fill: "none", stroke: "currentColor", "stroke-width": "1.3" })) path.setAttribute(name, value)
    svg.append(path)
    return svg
  }

  return class Calendar {
    static today = () => written(today())
    static opens = (event) => (event.altKey && event.key === "ArrowDown") || (event.key === "F4" && !event.altKey)
    static isToday = (event) => (event.ctrlKey || event.metaKey) && event.key === ";"

    // The button that opens a calendar. The keyboard opens it from the box itself, so that Tab goes from box to box.
    static button(open) {
      const attributes = { type: "button", class: "palette-calendar-button", tabindex: "-1", "aria-label": "Calendrier", title: "Calendrier (Alt + ↓) ; aujourd’hui : Ctrl + ;" }
      const button = make("button", attributes, icon())
      button.onclick = open
      return button
    }

    // `choose` gets the chosen day as jj/mm/aaaa; `close` is called when the person gives up with Escape.
    constructor(label, { choose, close }) {
      Object.assign(this, { choose, close })
      this.element = make("div", { role: "dialog", "aria-label": `Calendrier : ${label}`, hidden: "", class: "palette-calendar" })
      this.element.popover = "manual" // above everything and clipped by no parent; an older browser shows it all the same
      const root = this.element.attachShadow({ mode: "open" })
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(STYLE)
      root.adoptedStyleSheets = [sheet]
      this.month = make("span", { class: "month", "aria-live": "polite" })
      const bar = make("div", { class: "bar" }, this.button("«", "Année précédente", -12), this.button("‹", "Mois précédent", -1), this.month,
        this.button("›", "Mois suivant", 1), this.button("»", "Année suivante", 12))
      const heads = DAYS.map((name) => make("th", { scope: "col", "aria-label": name }, name.slice(0, 2)))
      this.days = make("tbody")
      this.table = make("table", { role: "grid" }, make("thead", {}, make("tr", {}, ...heads)), this.days)
      const now = make("button", { type: "button", class: "today" }, "Aujourd’hui")
      now.onclick = () => this.choose(written(today()))
      root.append(bar, this.table, now)
      this.element.addEventListener("keydown", (event) => this.onKey(event))
      this.element.addEventListener("mousedown", (event) => event.preventDefault()) // the focus stays where it is
      this.table.addEventListener("click", (event) => event.target.day && this.choose(written(event.target.day)))
    }

    button(sign, label, months) {
      const button = make("button", { type: "button", "aria-label": label, title: label }, sign)
      button.onclick = () => this.showDay(shiftMonths(this.day, months))
      return button
    }

    get isOpen() {
      return !this.element.hidden
    }

    // Opens beside `box` (an element that is in the page), on the day of `text` if it is one.
    open(box, text) {
      this.chosen = read(text)
      const { paper, dark } = surroundings(box)
      const ink = dark ? "#f2eee6" : "#1c1814"
      Object.assign(this.element.style, { background: paper, color: ink, borderColor: `color-mix(in srgb, ${ink} 45%, transparent)`, fontFamily: getComputedStyle(box).fontFamily })
      this.element.style.setProperty("--ink", ink)
      this.element.style.setProperty("--paper", paper)
      this.element.hidden = false
      this.element.showPopover?.()
      this.showDay(this.chosen ?? today())
      this.place(box)
      this.follow = () => (this.element.isConnected ? this.place(box) : this.hide())
      document.addEventListener("scroll", this.follow, true)
      this.focusDay()
    }

    focusDay() {
      this.days.querySelector("[tabindex='0']").focus({ preventScroll: true })
    }

    hide() {
      document.removeEventListener("scroll", this.follow, true)
      this.element.hidden = true
    }

    // Below the box, or above it where there is more room.
    place(box) {
      const area = box.getBoundingClientRect()
      const { offsetWidth: width, offsetHeight: height } = this.element
      const top = innerHeight - area.bottom >= height + 6 ? area.bottom + 2 : Math.max(4, area.top - height - 2)
      Object.assign(this.element.style, { left: `${Math.max(4, Math.min(area.left, innerWidth - width - 4))}px`, top: `${top}px` })
    }

    showDay(day, focus = false) {
      this.day = day
      this.month.textContent = MONTH.format(day)
      this.table.setAttribute("aria-label", MONTH.format(day))
      const first = new Date(day.getFullYear(), day.getMonth(), 1, 12)
      const last = shiftMonths(first, 1)
      const weeks = []
      for (let monday = shift(first, -sinceMonday(first)); monday < last; monday = shift(monday, 7)) {
        const days = DAYS.map((_, index) => shift(monday, index))
        weeks.push(make("tr", {}, ...days.map((one) => (one.getMonth() === day.getMonth() ? this.cell(one) : make("td", { role: "presentation", style: "visibility: hidden" })))))
      }
      const before = this.days
      this.days = make("tbody", {}, ...weeks)
      before.after(this.days)
      if (focus) this.focusDay() // before the focused day goes: a focus that is lost closes the grid's editor
      before.remove()
    }

    cell(day) {
      const isToday = isSame(day, today())
      const label = LONG.format(day).replace(" 1 ", " 1er ") + (isToday ? ", aujourd’hui" : "")
      const td = make("td", { role: "gridcell", "aria-label": label, tabindex: isSame(day, this.day) ? "0" : "-1", "aria-selected": String(isSame(day, this.chosen)) }, String(day.getDate()))
      if (isToday) td.setAttribute("aria-current", "date")
      td.day = day
      return td
    }

    onKey(event) {
      const inGrid = this.element.shadowRoot.activeElement?.day
      const months = MONTHS[event.key]
      if (event.key === "Escape") this.close()
      else if (months) this.showDay(shiftMonths(this.day, event.shiftKey ? 12 * months : months), true)
      else if (inGrid && MOVES[event.key]) this.showDay(shift(this.day, MOVES[event.key]), true)
      else if (inGrid && event.key === "Home") this.showDay(shift(this.day, -sinceMonday(this.day)), true)
      else if (inGrid && event.key === "End") this.showDay(shift(this.day, 6 - sinceMonday(this.day)), true)
      else if (inGrid && (event.key === "Enter" || event.key === " ")) this.choose(written(this.day))
      else return event.stopPropagation() // Tab, and Enter on a button: as the browser does
      event.preventDefault()
      event.stopPropagation()
    }
  }
})()
