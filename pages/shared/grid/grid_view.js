// Drawing of the grid: its parts, rows and cells. It shows what the server sent (`data`) and, on top, the edits that the
// server has not acknowledged yet (`textOf`, `pendingOf`).
//
// Grouped rows are in one tbody per group, under a header line. The last tbody (`body`) holds the new rows: lines being
// typed, and rows added since the page was drawn. `lines` are the data rows from top to bottom, without header lines;
// a position in the grid is [index in `lines`, index in `data.columns`].

const TITLES = {
  stale: "Ne correspond plus au filtre : la ligne disparaîtra quand le filtre sera appliqué de nouveau.",
  open: "Ouvrir (Ctrl + Entrée)",
  select: "Choisir la ligne (Maj + Espace)",
}

class GridView {
  constructor(root) {
    this.root = root
    this.rows = new Map()
    this.lines = []
    this.bodies = []
    this.selected = new Set()
    this.search = make("input", { type: "search", class: "search", placeholder: "Rechercher…", "aria-label": "Rechercher" })
    this.counts = make("span", { class: "counts", "aria-live": "polite" })
    this.status = make("span", { class: "status", role: "status" })
    this.errorsButton = make("button", { type: "button", class: "wrong", hidden: true, title: "Voir sous la grille" })
    this.errorsButton.onclick = () => this.hint.scrollIntoView({ block: "start" })
    this.hint = make("div", { class: "hint", id: "hint", "aria-live": "polite" })
    this.chips = make("div", { class: "chips", "aria-label": "Filtres en vigueur", role: "list" })
    this.head = make("thead")
    this.body = make("tbody")
    this.table = make("table", { role: "grid", "aria-multiselectable": "true" }, this.head, this.body)
    this.scroller = make("div", { class: "scroller" }, this.table)
    this.pager = make("div", { class: "pager", role: "navigation", "aria-label": "Pages" })
    const around = make("span", { class: "around" }, this.status, this.errorsButton)
    this.root.replaceChildren(make("div", { class: "bar" }, this.search, this.counts, around), this.chips, this.scroller, this.hint, this.pager)
  }

  // ---- all of it

  showAll() {
    this.drawnTurn = this.data.turn
    this.selected.clear()
    this.table.setAttribute("aria-label", this.data.label)
    this.table.setAttribute("aria-colcount", String(this.data.columns.length + 1))
    this.showHead()
    this.rows.clear()
    this.table.classList.toggle("grouped", this.data.grouped)
    this.bodies = this.data.sections.map((section) => make("tbody", {}, this.makeGroup(section)))
    this.body = make("tbody", {}, this.data.grouped ? this.makeGroup({ label: "Nouvelles lignes" }) : null)
    this.table.replaceChildren(this.head, ...this.bodies, this.body)
    for (const row of this.data.rows) this.bodyOf(row).append(this.makeRow(row))
    this.table.style.setProperty("--head", `${this.head.offsetHeight}px`) // header lines of groups stick below it
    this.showLineNumbers()
  }

  showChanges() {
    // Update the rows where they are, add new rows at the bottom, remove deleted rows.
    const ids = new Set(this.data.rows.map((row) => row.id))
    for (const row of this.data.rows) if (row.was && !this.rows.has(row.id) && this.rows.has(row.was)) this.adopt(row)
    for (const [id, tr] of this.rows) if (!ids.has(id) && !this.isOnlyHere(id)) this.dropRow(id, tr)
    const filled = new Map()
    for (const row of this.data.rows) {
      const tr = this.rows.get(row.id) ?? this.makeRow(row)
      this.fillRow(tr, row)
      const body = this.bodyOf(row)
      const index = filled.get(body) ?? (this.data.grouped ? 1 : 0)
      if (body.rows[index] !== tr) body.insertBefore(tr, body.rows[index] ?? null)
      filled.set(body, index + 1)
    }
    this.data.sections.forEach((section, index) => this.fillGroup(this.bodies[index].rows[0], section))
    this.showLineNumbers()
  }

  bodyOf(row) {
    return this.bodies[row.section ?? -1] ?? this.body
  }

  isOnlyHere(id) {
    return id < this.data.next // an empty line added here, which the server does not know yet
  }

  dropRow(id, tr) {
    tr.remove()
    this.rows.delete(id)
    this.selected.delete(id)
  }

  adopt(row) {
    // A new line was saved: give its element the id of the row, so that it keeps its position, focus and editor.
    const tr = this.rows.get(row.was)
    this.rows.delete(row.was)
    this.rows.set(row.id, tr)
    tr.rowId = row.id
    tr.row = null
    tr.cells[0].replaceWith(this.makeLineHeader(tr))
  }

  showLineNumbers() {
    const all = [...this.table.tBodies].flatMap((body) => [...body.rows])
    all.forEach((tr, index) => tr.setAttribute("aria-rowindex", String(index + 2)))
    this.lines = all.filter((tr) => tr.rowId !== undefined)
    this.lines.forEach((tr, index) => (tr.querySelector(".number").textContent = String(index + 1)))
    this.scroller.dataset.empty = this.lines.every((tr) => tr.rowId < 0) ? this.data.empty : ""
  }

  // ---- groups

  makeGroup(section) {
    const tr = make("tr", { class: "group" })
    const parts = make("span", { class: "group-parts" })
    tr.append(make("th", { scope: "rowgroup", colSpan: this.data.columns.length + 1 }, parts))
    if (section.key === undefined) parts.append(section.label)
    else this.fillGroup(tr, section)
    return tr
  }

  fillGroup(tr, { key, label, count, folded, goesOn }) {
    const parts = tr.querySelector(".group-parts")
    if (!parts.firstChild) {
      const fold = make("button", { type: "button", class: "fold" }, make("span", { class: "mark", "aria-hidden": "true" }), make("b"), make("span", { class: "count" }))
      fold.onclick = () => this.send("fold", key)
      fold.group = JSON.stringify(key)
      parts.append(fold, make("span", { class: "goes-on" }, goesOn ? "suite de la page précédente" : ""))
    }
    const fold = parts.querySelector(".fold")
    fold.setAttribute("aria-expanded", String(!folded))
    fold.title = folded ? "Déplier le groupe" : "Replier le groupe"
    for (const [name, text] of [["b", label], [".count", count]]) {
      const part = fold.querySelector(name)
      if (part.textContent !== text) part.textContent = text
    }
  }

  // ---- the header

  showHead() {
    const all = make("input", { type: "checkbox", "aria-label": "Choisir toutes les lignes de la page" })
    all.onchange = () => this.selectRows(all.checked ? this.data.rows.filter((row) => row.id > 0).map((row) => row.id) : [])
    const cells = this.data.columns.map((column) => this.makeHeader(column))
    this.head.replaceChildren(make("tr", {}, make("th", { class: "line", scope: "col" }, all), ...cells))
  }

  makeHeader(column) {
    const way = this.data.sort.includes(column.name) ? "ascending" : this.data.sort.includes(`-${column.name}`) ? "descending" : null
    const arrow = make("span", { class: "arrow", "aria-hidden": "true" }, { ascending: " ↑", descending: " ↓" }[way] ?? "")
    const required = column.required ? make("span", { class: "required", title: "Obligatoire" }, " *") : null
    const button = make("button", { type: "button", title: `${column.help}\nCliquer pour trier, glisser pour déplacer.`.trim() }, column.label, required, arrow)
    button.onclick = (event) => this.sortBy(column.name, event.shiftKey)
    const header = make("th", { scope: "col", draggable: true, "data-field": column.name, "aria-sort": way, class: column.align }, button)
    header.ondragstart = (event) => event.dataTransfer.setData("text/plain", column.name)
    header.ondragover = (event) => event.preventDefault()
    header.ondrop = (event) => {
      event.preventDefault()
      this.moveColumn(event.dataTransfer.getData("text/plain"), column.name)
    }
    return header
  }

  // ---- rows and cells

  makeRow(row) {
    const tr = make("tr")
    tr.rowId = row.id
    tr.append(this.makeLineHeader(tr), ...this.data.columns.map((column) => this.makeCell(column)))
    this.rows.set(row.id, tr)
    this.fillRow(tr, row)
    return tr
  }

  makeLineHeader(tr) {
    const number = make("span", { class: "number" })
    if (tr.rowId < 0) return make("th", { class: "line", scope: "row" }, number)
    const check = make("input", { type: "checkbox", tabIndex: -1, title: TITLES.select, "aria-label": "Choisir la ligne", checked: this.selected.has(tr.rowId) })
    check.onchange = () => this.toggleRow(tr.rowId, check.checked)
    const open = make("button", { type: "button", class: "open", tabIndex: -1, title: TITLES.open, "aria-label": "Ouvrir la ligne" }, "↗")
    open.onclick = () => this.send("open", tr.rowId)
    return make("th", { class: "line", scope: "row" }, check, number, open)
  }

  makeCell(column) {
    return make("td", { role: "gridcell", tabindex: "-1", "data-field": column.name, "aria-readonly": String(!column.editable) })
  }

  fillRow(tr, row) {
    const before = tr.row
    tr.row = row
    tr.classList.toggle("stale", Boolean(row.stale))
    tr.classList.toggle("draft", row.id < 0)
    tr.classList.toggle("moved", Boolean(row.moved))
    tr.title = row.stale ? TITLES.stale : row.moved ? `Désormais dans « ${row.moved} » : la ligne reste ici jusqu’à « Ranger ».` : ""
    this.data.columns.forEach((column, index) => {
      const td = tr.cells[index + 1]
      const changed = before && before.cells[column.name] !== row.cells[column.name]
      this.fillCell(td, row, column)
      if (changed && !this.pendingOf(row.id, column.name)) this.flash(td)
    })
  }

  fillCell(td, row, column) {
    if (this.editing?.td === td) return
    const pending = Boolean(this.pendingOf(row.id, column.name))
    const [tone, why] = row.marks?.[column.name] ?? []
    const refused = pending ? null : row.refused?.[column.name]
    const clash = pending ? null : row.clashes?.[column.name]
    const text = this.textOf(row.id, column.name)
    if (td.textContent !== text) td.textContent = text
    const marks = { [column.align]: true, computed: !column.editable, pending, refused: refused || clash, [tone ?? "plain"]: true }
    const unchanged = ["in-range", "flash"].filter((name) => td.classList.contains(name))
    td.className = [...unchanged, ...Object.keys(marks).filter((name) => marks[name])].join(" ")
    td.title = refused?.reason ?? clash ?? [why, text.length > 24 ? text : ""].filter(Boolean).join("\n")
    td.setAttribute("aria-invalid", String(Boolean(refused || clash)))
  }

  flash(td) {
    td.classList.remove("flash")
    void td.offsetWidth // lets the animation start again
    td.classList.add("flash")
  }

  // ---- around the table

  showSurroundings() {
    const { pages, page, search } = this.data
    this.showCounts()
    this.showHint()
    if (this.root.getRootNode().activeElement !== this.search) this.search.value = search
    this.redrawIfChanged(this.chips, this.data.filters, () => this.data.filters.map((filter) => this.makeChip(filter)))
    this.redrawIfChanged(this.pager, [page, pages], () => (pages > 1 ? this.makePager(page, pages) : []))
    this.showStatus()
  }

  showCounts() {
    const chosen = this.selected.size
    const text = this.data.counts + (chosen ? ` · ${chosen} ligne${chosen > 1 ? "s choisies" : " choisie"}` : "")
    if (this.counts.textContent !== text) this.counts.textContent = text
  }

  showHint() {
    // Under the table, about the active cell: why it is refused or marked, else its full text when it is cut, else its help.
    const td = this.active && this.cellAt(...this.active)
    const column = this.data.columns[this.active?.[1]]
    if (!td || !column) return
    const { refused, clashes, marks } = td.closest("tr").row
    const problem = refused?.[column.name]?.reason ?? clashes?.[column.name]
    const mark = marks?.[column.name]?.[1]
    const cut = td.scrollWidth > td.clientWidth && !td.classList.contains("editing") ? td.textContent : ""
    const text = problem ? `${column.label} : ${problem}` : (mark ?? (cut || `${column.label} : ${column.help}`))
    if (this.hint.textContent !== text) this.hint.textContent = text
    this.hint.className = `hint ${problem ? "refused" : mark ? "marked" : ""}`
  }

  redrawIfChanged(element, content, draw) {
    const key = JSON.stringify(content)
    if (element.drawnFor !== key) element.replaceChildren(...draw())
    element.drawnFor = key
  }

  makeChip({ name, label, text }) {
    const drop = make("button", { type: "button", "aria-label": `Lever le filtre ${label}`, title: "Lever ce filtre" }, "✕")
    drop.onclick = () => this.send("unfilter", name)
    return make("span", { class: "chip", role: "listitem" }, make("span", {}, make("b", {}, label), ` : ${text}`), drop)
  }

  makePager(page, pages) {
    const step = (label, to, title) => {
      const button = make("button", { type: "button", disabled: to < 1 || to > pages, "aria-label": title, title }, label)
      button.onclick = () => this.send("page", to)
      return button
    }
    const position = make("span", {}, `Page ${page.toLocaleString("fr-FR")} sur ${pages.toLocaleString("fr-FR")}`)
    return [step("«", 1, "Première page"), step("‹", page - 1, "Page précédente"), position, step("›", page + 1, "Page suivante"), step("»", pages, "Dernière page")]
  }

  showStatus() {
    const pending = this.outbox.length
    const text = this.disconnected ? "Connexion perdue : vos saisies sont gardées, nouvel essai…" : pending ? "Enregistrement…" : this.data.status
    if (this.status.textContent !== text) this.status.textContent = text
    const errors = this.data.rows.reduce((sum, row) => sum + Object.keys({ ...row.refused, ...row.clashes }).length, 0)
    this.errorsButton.hidden = !errors
    this.errorsButton.textContent = `${errors} saisie${errors > 1 ? "s" : ""} à revoir ↓`
    this.status.classList.toggle("waiting", Boolean(this.disconnected))
    this.status.classList.toggle("saved", Boolean(text && !pending && !this.disconnected))
  }

  // ---- the active cell and the range

  positionOf(td) {
    return [this.lines.indexOf(td.closest("tr")), td.cellIndex - 1]
  }

  cellAt(line, col) {
    return this.lines[line]?.cells[col + 1]
  }

  setActive(line, col, focus = true, extend = false) {
    line = Math.min(Math.max(line, 0), this.lines.length - 1)
    col = Math.min(Math.max(col, 0), this.data.columns.length - 1)
    const td = this.cellAt(line, col)
    if (!td) return
    this.table.querySelector('td[tabindex="0"]')?.setAttribute("tabindex", "-1")
    td.setAttribute("tabindex", "0")
    this.active = [line, col]
    if (!extend) this.anchor = [line, col]
    if (focus) {
      td.focus({ preventScroll: true })
      td.scrollIntoView({ block: "nearest", inline: "nearest" })
    }
    this.showRange()
    this.showHint()
  }

  range() {
    const [[a, b], [c, d]] = [this.anchor ?? [0, 0], this.active ?? [0, 0]]
    return { top: Math.min(a, c), bottom: Math.max(a, c), left: Math.min(b, d), right: Math.max(b, d) }
  }

  positionsInRange() {
    const { top, bottom, left, right } = this.range()
    const places = []
    for (let line = top; line <= bottom; line++) for (let col = left; col <= right; col++) places.push([line, col])
    return places
  }

  showRange() {
    for (const td of this.table.querySelectorAll("td.in-range")) td.classList.remove("in-range")
    const places = this.positionsInRange()
    if (places.length > 1) for (const [line, col] of places) this.cellAt(line, col)?.classList.add("in-range")
  }
}
