// Menus: of a cell (right click) and of a column (▾ or right click on its title), with its filter.

const WAYS = {
  date: ["du plus ancien au plus récent", "du plus récent au plus ancien"],
  number: ["du plus petit au plus grand", "du plus grand au plus petit"],
  choice: ["dans l’ordre de la liste", "dans l’ordre inverse"],
  yesno: ["Non d’abord", "Oui d’abord"],
}

class GridMenus extends GridClipboard {
  // ---- a box that opens beside something, and closes by Escape or a click elsewhere

  openBox(at, content, role, label) {
    this.closeBox()
    const back = this.root.getRootNode().activeElement
    const box = make("div", { class: "popup box", role, "aria-label": label, tabIndex: -1 }, ...content)
    const close = (focus = true) => {
      this.box = null
      box.remove()
      document.removeEventListener("pointerdown", outside, true)
      if (focus) (back?.isConnected ? back : this.cellAt(...(this.active ?? [0, 0])))?.focus({ preventScroll: true })
    }
    const outside = (event) => event.composedPath().includes(box) || close(false)
    box.onkeydown = (event) => this.onBoxKey(event, box, close)
    this.box = { element: box, close }
    this.root.append(box)
    const [x, y] = at
    box.style.left = `${Math.max(4, Math.min(x, window.innerWidth - box.offsetWidth - 8))}px`
    this.placeBox(box, y)
    document.addEventListener("pointerdown", outside, true)
    ;(box.querySelector("input:not([type=checkbox])") ?? box.querySelector("button"))?.focus({ preventScroll: true })
    return box
  }

  // Below the button of the page's menu, which covers the top of a narrow window.
  placeBox(box, y) {
    const least = window.innerWidth <= 768 ? 64 : 4
    box.style.top = `${Math.max(least, Math.min(y, window.innerHeight - box.offsetHeight - 8))}px`
  }

  closeBox() {
    this.box?.close(false)
  }

  onBoxKey(event, box, close) {
    event.stopPropagation()
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === "Escape") close()
    else if (step) {
      const all = [...box.querySelectorAll("button:not(:disabled), input")]
      all[(all.indexOf(this.root.getRootNode().activeElement) + step + all.length) % all.length]?.focus()
    } else return
    event.preventDefault()
  }

  // An entry of a menu. `keys`: the keys that do the same.
  entry(label, act, { keys = "", disabled = false, role = "menuitem" } = {}) {
    const button = make("button", { type: "button", class: "entry", role, disabled }, make("span", {}, label), make("kbd", {}, keys))
    button.onclick = () => {
      this.box?.close()
      act()
    }
    return button
  }

  // ---- of a cell

  openCellMenu(event) {
    const td = event.target.closest("td[data-field]")
    if (!td || this.editing?.td === td) return
    event.preventDefault()
    const [line, col] = this.positionOf(td)
    const { top, bottom, left, right } = this.range()
    if (line < top || line > bottom || col < left || col > right) this.setActive(line, col)
    const row = this.rowAt(line)
    const column = this.data.columns[col]
    const isSaved = row?.id > 0
    const cell = td.getBoundingClientRect()
    const at = event.clientX || event.clientY ? [event.clientX, event.clientY] : [cell.left + 8, cell.bottom]
    const copy = (name) => {
      this.cellAt(...this.active)?.focus({ preventScroll: true })
      document.execCommand(name)
    }
    const entries = [
      this.entry("Copier", () => copy("copy"), { keys: "Ctrl + C" }),
      this.entry("Couper", () => copy("cut"), { keys: "Ctrl + X", disabled: !column.editable }),
      this.entry("Coller", () => this.pasteFromMenu(), { keys: "Ctrl + V", disabled: !column.editable }),
      this.entry("Vider", () => this.clearRange(), { keys: "Suppr", disabled: !column.editable }),
      make("hr"),
      this.entry("Insérer une ligne", () => this.goToEmptyLine()),
      this.entry("Ouvrir la ligne", () => this.send("open", row.id), { keys: "Ctrl + Entrée", disabled: !isSaved }),
      this.entry("Historique de cette case", () => this.send("history", { row: row.id, field: column.name }), { disabled: !isSaved || !column.editable }),
      this.entry(top === bottom || line < top || line > bottom ? "Supprimer la ligne…" : "Supprimer les lignes…", () => this.deleteLines()),
    ]
    this.openBox(at, entries, "menu", "Case")
  }

  async pasteFromMenu() {
    try {
      this.pasteText(await navigator.clipboard.readText())
    } catch {
      this.tell("Le navigateur ne laisse pas lire le presse-papiers : collez par Ctrl + V.")
    }
  }

  goToEmptyLine() {
    const first = Math.max(0, this.data.columns.findIndex((column) => column.editable))
    this.setActive(this.lineCount - 1, first)
  }

  async deleteLines() {
    const { top, bottom } = this.range()
    const answer = await this.ask({ do: "ids", first: top, last: Math.min(bottom + 1, this.listed) })
    if (answer?.ids.length) this.send("remove", answer.ids)
  }

  // ---- of a column

  async openColumnMenu(column, button) {
    const place = button.getBoundingClientRect()
    const { name } = column
    const index = this.data.columns.indexOf(column)
    const isFrozen = index + 1 === (this.layout.frozen ?? this.data.titles)
    const others = this.data.sort.some((item) => item.replace(/^-/, "") !== name)
    const [up, down] = WAYS[column.kind] ?? ["de A à Z", "de Z à A"]
    const sort = (wanted, add) => () => this.sortAs(wanted, name, add)
    const entry = (label, act, options = {}) => this.entry(label, act, { role: null, ...options })
    const filter = make("div", { class: "filter", "aria-live": "polite" }, "…")
    const content = [
      entry(`Trier ${up} ↑`, sort(name, false)),
      entry(`Trier ${down} ↓`, sort(`-${name}`, false)),
      ...(others ? [entry(`Puis trier ${up} ↑`, sort(name, true), { keys: "Maj + clic" }), entry(`Puis trier ${down} ↓`, sort(`-${name}`, true))] : []),
      ...(this.data.sort.some((item) => item.replace(/^-/, "") === name) ? [entry("Ne plus trier par cette colonne", sort(null, true))] : []),
      make("hr"),
      filter,
      make("hr"),
      entry(isFrozen ? "Ne plus figer de colonne" : "Figer jusqu’à cette colonne", () => this.changeLayout({ frozen: isFrozen ? 0 : index + 1 })),
      ...(column.groupable ? [entry(this.data.group === name ? "Ne plus grouper" : "Grouper par cette colonne", () => this.send("group", name))] : []),
      entry("Ajuster la largeur", () => this.fit(name), { keys: "double-clic" }),
      entry("Masquer la colonne", () => this.send("hide", name), { disabled: this.data.columns.length < 2 }),
    ]
    this.openBox([place.left, place.bottom], content, "dialog", `Colonne ${column.label}`)
    const found = await this.ask({ do: "values", field: name })
    if (!found || !filter.isConnected) return
    filter.replaceChildren(...this.filterOf(column, found))
    this.placeBox(this.box.element, place.bottom)
  }

  // The filter of a column: a part of its text, or bounds; and its values with their numbers of rows.
  filterOf(column, found) {
    const texts = this.filterTexts(column, found)
    const hasValues = !["date", "time", "number", "long"].includes(column.kind)
    const list = hasValues ? this.valueList(found) : null
    const apply = make("button", { type: "button", class: "done" }, "Filtrer")
    const clear = make("button", { type: "button", class: "secondary" }, "Effacer le filtre")
    const send = (wanted) => {
      this.box?.close()
      this.send("filter", { field: column.name, wanted })
    }
    const wanted = () => ({ "": list?.chosen() ?? found.words, ...Object.fromEntries(texts.map(({ part, input }) => [part, input.type === "checkbox" ? input.checked : input.value])) })
    apply.onclick = () => send(wanted())
    clear.onclick = () => send({})
    const lines = texts.map(({ label, input }) => make("label", { class: "part" }, make("span", {}, label), input))
    for (const { input } of texts) input.addEventListener("keydown", (event) => event.key === "Enter" && send(wanted()))
    return [make("b", {}, "Filtrer cette colonne"), ...lines, ...(list ? list.elements : []), make("div", { class: "buttons" }, apply, clear)]
  }

  filterTexts({ kind, label }, found) {
    const text = (part, title, hint) => ({ part, label: title, input: make("input", { type: "text", class: "small", value: found[part] ?? "", placeholder: hint, "aria-label": `${label} : ${title}` }) })
    const empty = { part: "empty", label: "vide", input: make("input", { type: "checkbox", checked: Boolean(found.empty), "aria-label": `${label} : vide` }) }
    if (kind === "date") return [text("low", "du", "jj/mm/aaaa"), text("high", "au", "jj/mm/aaaa"), empty]
    if (kind === "time") return [text("low", "de", "8h"), text("high", "à", "18h"), empty]
    if (kind === "number") return [text("low", "de", "minimum"), text("high", "à", "maximum"), empty]
    return ["text", "long"].includes(kind) ? [text("contains", "contient", "une partie du texte")] : []
  }

  valueList({ values, isCut, chosen }) {
    const boxes = values.map(([code, label, count]) => {
      const input = make("input", { type: "checkbox", checked: chosen === null || chosen.some((one) => one === code) })
      return { code, input, label, element: make("label", { class: "value" }, input, make("span", {}, label), make("small", {}, count)) }
    })
    const search = make("input", { type: "text", class: "small", placeholder: "Chercher une valeur…", "aria-label": "Chercher une valeur" })
    search.oninput = () => boxes.forEach(({ label, element }) => (element.hidden = !fold(label).includes(fold(search.value))))
    const all = make("input", { type: "checkbox" })
    const showAll = () => {
      const count = boxes.filter(({ input }) => input.checked).length
      all.checked = count === boxes.length
      all.indeterminate = count > 0 && count < boxes.length
    }
    for (const { input } of boxes) input.onchange = showAll
    showAll()
    const shown = () => boxes.filter(({ element }) => !element.hidden)
    all.onchange = () => shown().forEach(({ input }) => (input.checked = all.checked))
    const list = make("div", { class: "values" }, make("label", { class: "value" }, all, make("b", {}, "Toutes")), ...boxes.map(({ element }) => element))
    const note = isCut ? [make("small", {}, "Les valeurs les plus fréquentes seulement.")] : []
    const pick = () => {
      const picked = boxes.filter(({ input, element }) => input.checked && !element.hidden)
      return picked.length === boxes.length ? [] : picked.map(({ code }) => code)
    }
    return { elements: [...(values.length > 7 ? [search] : []), list, ...note], chosen: pick }
  }
}
