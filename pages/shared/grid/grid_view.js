// Drawing of the grid: its parts, rows and cells. It shows what the server sent and, on top, the edits that the server has
// not acknowledged yet (`textOf`, `pendingOf`). Only the rows near what is in sight are in the document, and the one with
// the active cell, which keeps the focus. A position is [line, index of the column].

const TITLES = {
  stale: "Hors filtre : la ligne disparaîtra quand le filtre sera appliqué de nouveau.",
  open: "Ouvrir (Ctrl + Entrée)",
  select: "Choisir la ligne (Maj + Espace)",
}
const OVERSCAN = 12
const TEXT_HEIGHT = 20
const LEAST_HEIGHT = 260
const TOLD_TIME = 8000

class GridView extends GridRows {
  constructor(root) {
    super(root)
    this.headHeight = 0
    this.trs = new Map() // row id, or « ?12 » for a line that is still to come -> its element
    this.selected = new Set()
    this.search = make("input", { type: "search", class: "search", placeholder: "Rechercher…", "aria-label": "Rechercher" })
    this.counts = make("span", { class: "counts", "aria-live": "polite" })
    this.status = make("span", { class: "status", role: "status" })
    this.errorsButton = make("button", { type: "button", class: "wrong", hidden: true, title: "Voir sous la grille" })
    this.errorsButton.onclick = () => this.foot.scrollIntoView({ block: "start" })
    this.hint = make("span", { class: "hint", id: "hint", "aria-live": "polite" })
    this.sums = make("span", { class: "sums", role: "status" })
    this.chips = make("div", { class: "chips", "aria-label": "Filtres en vigueur", role: "list" })
    this.head = make("thead")
    this.widthsOf = make("colgroup")
    this.table = make("table", { role: "grid", "aria-multiselectable": "true" }, this.widthsOf, this.head)
    this.sizer = make("div", { class: "sizer" }, this.table)
    this.scroller = make("div", { class: "scroller" }, this.sizer)
    this.foot = make("div", { class: "foot" }, this.counts, this.hint, this.sums, this.status, this.errorsButton)
    this.root.replaceChildren(make("div", { class: "bar" }, this.search), this.chips, this.scroller, this.foot)
    this.scroller.addEventListener("scroll", () => this.onScroll())
    this.onResize = () => this.fitWindow()
    window.addEventListener("resize", this.onResize)
    this.resizing = new ResizeObserver(() => this.fitWindow())
    this.resizing.observe(this.root)
  }

  get rowHeight() {
    const { compact, lines } = this.layout
    return (compact ? 7 : 14) + lines * TEXT_HEIGHT
  }

  // The grid takes the height that is left in the window; notices below it get up to a third of the window.
  fitWindow() {
    this.root.classList.toggle("narrow", this.root.clientWidth < 800)
    const { page, content } = window.palettePageArea?.() ?? {}
    if (!page || !content) return setTimeout(() => this.fitWindow(), 50) // the shell's scripts are still to run
    if (!this.isWatched) this.resizing.observe(content)
    this.isWatched = true
    const box = this.scroller.getBoundingClientRect()
    const below = content.getBoundingClientRect().bottom - this.foot.getBoundingClientRect().bottom
    const above = box.top - page.getBoundingClientRect().top + page.scrollTop
    const room = page.clientHeight - above - this.foot.offsetHeight - Math.min(below, page.clientHeight / 3)
    const height = `${Math.max(LEAST_HEIGHT, Math.floor(room) - 2)}px`
    if (this.scroller.style.maxHeight === height) return
    this.scroller.style.maxHeight = height
    this.renderSoon()
  }

  // ---- rows in sight

  renderSoon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null
      if (!this.state) return
      this.render()
      this.positionPopup()
      this.readAhead()
    })
  }

  // Draw anew once rows come into sight that are not drawn.
  onScroll() {
    const [first, last] = this.itemsInSight(0)
    const [from, to] = this.drawnItems ?? [0, 0]
    if (first < from || Math.min(last, this.itemCount) > to) this.renderSoon()
    else this.positionPopup()
  }

  itemsInSight(overscan = OVERSCAN) {
    const { scrollTop, clientHeight } = this.scroller
    const height = Math.min(clientHeight || 600, 2 * window.innerHeight)
    return [Math.max(0, Math.floor(scrollTop / this.rowHeight) - overscan), Math.ceil((scrollTop + height) / this.rowHeight) + overscan]
  }

  linesInSight() {
    const [first, last] = this.itemsInSight()
    const lines = this.blocks.flatMap(({ firstItem, firstLine, header, size }) => {
      const [from, to] = [Math.max(0, first - firstItem - header), Math.min(size, last - firstItem - header)]
      return to > from ? [firstLine + from, firstLine + to] : []
    })
    return lines.length ? [lines[0], lines.at(-1)] : [0, 0]
  }

  // The lines to draw of one block: those in sight, and the one that must stay in the document.
  linesOfBlock({ firstItem, firstLine, header, size }, [first, last]) {
    const from = firstLine + Math.max(0, first - firstItem - header)
    const to = firstLine + Math.min(size, last - firstItem - header)
    const lines = []
    for (let line = from; line < to; line++) lines.push(line)
    const kept = this.linesToKeep().filter((line) => line >= firstLine && line < firstLine + size && (line < from || line >= to))
    return { lines: [...kept, ...lines].sort((a, b) => a - b), kept, count: lines.length }
  }

  linesToKeep() {
    const lines = [this.active?.[0], this.editing ? this.lineOf(this.editing.row) : undefined]
    return [...new Set(lines.filter((line) => line !== undefined && line >= 0))]
  }

  // The table is as far down as the rows above it are high. A row that is kept out of sight takes no room. The header of
  // the group that goes on above the first row is drawn too: it sticks below the titles.
  render() {
    const inSight = (this.drawnItems = this.itemsInSight())
    const trs = new Map()
    const bodies = []
    let start = null
    this.blocks.forEach((block, index) => {
      const { lines, kept, count } = this.linesOfBlock(block, inSight)
      const hasHeader = block.header && (count > 0 || (block.firstItem >= inSight[0] && block.firstItem < inSight[1]))
      if (!lines.length && !hasHeader) return
      const body = this.bodyOf(index)
      const children = hasHeader ? [this.groupOf(block.section, index)] : []
      for (const line of lines) {
        const tr = this.rowElement(line)
        tr.classList.toggle("kept", kept.includes(line))
        trs.set(tr.key, tr)
        children.push(tr)
      }
      if (start === null && (hasHeader || count)) {
        const first = lines.find((line) => !kept.includes(line))
        start = first === undefined ? block.firstItem : this.itemOf(first) - (hasHeader ? 1 : 0)
      }
      arrange(body, children)
      bodies.push(body)
    })
    arrange(this.table, [this.widthsOf, this.head, ...bodies])
    this.table.style.marginTop = `${(start ?? 0) * this.rowHeight}px`
    this.sizer.style.height = `${this.itemCount * this.rowHeight + this.headHeight}px`
    this.trs = trs
    this.showRange()
  }

  bodyOf(index) {
    this.bodies ??= new Map()
    if (!this.bodies.has(index)) this.bodies.set(index, make("tbody"))
    return this.bodies.get(index)
  }

  rowElement(line) {
    const row = this.rowAt(line)
    const key = row ? row.id : `?${line}`
    let tr = this.trs.get(key)
    if (!tr) {
      tr = make("tr")
      tr.key = key
      tr.rowId = row?.id
      tr.append(this.makeLineHeader(tr), ...this.data.columns.map((column) => this.makeCell(column)))
      if (row) this.fillRow(tr, row)
    }
    if (tr.line !== line) {
      tr.line = line
      tr.setAttribute("aria-rowindex", String(this.itemOf(line) + 2))
      tr.querySelector(".number").textContent = String(line + 1)
    }
    return tr
  }

  // All rows anew: after a sort, a filter, or with other columns.
  showAll() {
    this.trs.clear()
    this.bodies?.clear()
    this.selected.clear()
    this.table.setAttribute("aria-label", this.data.label)
    this.table.setAttribute("aria-colcount", String(this.data.columns.length + 1))
    this.table.classList.toggle("grouped", this.data.grouped)
    this.showHead()
    this.headHeight = this.head.offsetHeight // read once: to ask for it in each frame would lay the page out twice
    this.table.style.setProperty("--head", `${this.headHeight}px`) // header lines of groups stick below it
    this.showChanges()
  }

  // The same list of rows with other values.
  showChanges() {
    this.table.setAttribute("aria-rowcount", String(this.itemCount + 1))
    for (const tr of this.trs.values()) {
      const row = tr.rowId === undefined ? undefined : this.rowOf(tr.rowId)
      if (row) this.fillRow(tr, row)
    }
    this.render()
    this.scroller.dataset.empty = this.listed || this.newLines.some(({ typed }) => typed) ? "" : this.state.empty
  }

  // A new line was saved: its element gets the id of the row, so that it keeps its focus and editor.
  adopt(row) {
    const tr = this.trs.get(row.was)
    if (!tr) return
    this.trs.delete(row.was)
    this.trs.set(row.id, tr)
    Object.assign(tr, { key: row.id, rowId: row.id, row: null, line: undefined })
    tr.cells[0].replaceWith(this.makeLineHeader(tr))
  }

  // ---- groups

  groupOf(section, index) {
    const body = this.bodyOf(index)
    const tr = body.rows[0]?.classList.contains("group") ? body.rows[0] : this.makeGroup(section)
    tr.setAttribute("aria-rowindex", String(this.blocks[index].firstItem + 2))
    if (section.key !== undefined) this.fillGroup(tr, section)
    return tr
  }

  makeGroup(section) {
    const parts = make("span", { class: "group-parts" }, section.key === undefined ? section.label : null)
    const totals = section.totals ?? {}
    const before = Math.max(1, this.data.columns.findIndex(({ name }) => name in totals))
    const wide = Object.keys(totals).length ? before : this.data.columns.length
    const cells = this.data.columns.slice(wide).map(({ name }) => make("td", { class: "total right", "data-total": name }))
    return make("tr", { class: "group" }, make("th", { scope: "rowgroup", colSpan: wide + 1 }, parts), ...cells)
  }

  fillGroup(tr, { key, label, count, folded, totals }) {
    const parts = tr.querySelector(".group-parts")
    if (!parts.firstChild) {
      const fold = make("button", { type: "button", class: "fold" }, make("span", { class: "mark", "aria-hidden": "true" }), make("b"), make("span", { class: "count" }))
      fold.group = JSON.stringify(key)
      fold.onclick = () => this.send("fold", key)
      parts.append(fold)
    }
    const fold = parts.querySelector(".fold")
    fold.setAttribute("aria-expanded", String(!folded))
    fold.title = folded ? "Déplier le groupe" : "Replier le groupe"
    for (const [name, text] of [["b", label], [".count", count]]) setText(fold.querySelector(name), text)
    for (const cell of tr.querySelectorAll(".total")) {
      setText(cell, totals[cell.dataset.total] ?? "")
      cell.title = cell.textContent && "Somme du groupe"
    }
  }

  // ---- rows and cells

  makeLineHeader(tr) {
    const number = make("span", { class: "number" })
    if (!(tr.rowId > 0)) return make("th", { class: "line", scope: "row" }, number)
    const check = make("input", { type: "checkbox", tabIndex: -1, title: TITLES.select, "aria-label": "Choisir la ligne", checked: this.selected.has(tr.rowId) })
    check.onclick = (event) => this.onCheck(tr, check.checked, event.shiftKey)
    const open = make("button", { type: "button", class: "open", tabIndex: -1, title: TITLES.open, "aria-label": "Ouvrir la ligne" }, "↗")
    open.onclick = () => this.send("open", tr.rowId)
    return make("th", { class: "line", scope: "row" }, check, number, open)
  }

  makeCell(column) {
    const td = make("td", { role: "gridcell", tabindex: "-1", "data-field": column.name, "aria-readonly": String(!column.editable) })
    td.append(make("div", { class: "text" }))
    return td
  }

  // The row whose form is open beside the grid.
  markOpenRow() {
    const open = window.paletteOpenForm?.()
    for (const tr of this.trs.values()) tr.classList.toggle("opened", `form-${this.data.table}-${tr.rowId}` === open)
  }

  fillRow(tr, row) {
    const before = tr.row
    tr.row = row
    tr.classList.toggle("stale", Boolean(row.stale))
    tr.classList.toggle("draft", row.id < 0)
    tr.classList.toggle("moved", Boolean(row.moved))
    tr.classList.toggle("chosen", this.selected.has(row.id))
    tr.setAttribute("aria-selected", String(this.selected.has(row.id)))
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
    const box = td.firstElementChild ?? td.appendChild(make("div"))
    setText(box, text)
    box.className = column.tones[text] ? `text tag ${column.tones[text]}` : "text"
    const marks = { [column.align]: true, computed: !column.editable, pending, refused: refused || clash, [tone ?? "plain"]: true }
    const unchanged = ["in-range", "flash"].filter((name) => td.classList.contains(name))
    td.className = [...unchanged, ...Object.keys(marks).filter((name) => marks[name])].join(" ")
    td.title = refused?.reason ?? clash ?? [why, text.length > 24 ? text : ""].filter(Boolean).join("\n")
    td.setAttribute("aria-invalid", String(Boolean(refused || clash)))
  }

  refill(id, field) {
    const tr = this.trs.get(id)
    const col = this.data.columns.findIndex((column) => column.name === field)
    if (tr?.row && col >= 0) this.fillCell(tr.cells[col + 1], tr.row, this.data.columns[col])
  }

  flash(td) {
    td.classList.remove("flash")
    void td.offsetWidth // lets the animation start again
    td.classList.add("flash")
  }

  // ---- around the table

  showSurroundings() {
    this.showCounts()
    this.showHint()
    if (this.root.getRootNode().activeElement !== this.search) this.search.value = this.data.search
    this.redrawIfChanged(this.chips, this.data.filters, () => this.data.filters.map((filter) => this.makeChip(filter)))
    this.showStatus()
  }

  showCounts() {
    const chosen = this.selected.size
    setText(this.counts, this.state.counts + (chosen ? ` · ${chosen.toLocaleString("fr-FR")} ligne${chosen > 1 ? "s choisies" : " choisie"}` : ""))
  }

  // A sentence in the place of the hint, for a while or until another cell is active.
  tell(text) {
    this.told = { at: String(this.active), until: Date.now() + TOLD_TIME }
    setText(this.hint, text)
    this.hint.title = text
    this.hint.className = "hint"
  }

  // About the active cell: why it is refused or marked, else its full text when it is cut, else its help.
  showHint() {
    const td = this.active && this.cellAt(...this.active)
    const column = this.data.columns[this.active?.[1]]
    if (!td || !column || !this.root.classList.contains("used") || (this.told?.at === String(this.active) && Date.now() < this.told.until)) return
    const { refused, clashes, marks } = td.closest("tr").row ?? {}
    const problem = refused?.[column.name]?.reason ?? clashes?.[column.name]
    const mark = marks?.[column.name]?.[1]
    const box = td.firstElementChild
    const isCut = !td.classList.contains("editing") && (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight + 1)
    const text = problem ? `${column.label} : ${problem}` : (mark ?? (isCut ? box.textContent : `${column.label} : ${column.help}`))
    setText(this.hint, text)
    this.hint.title = text
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

  showStatus() {
    const pending = this.outbox.length
    setText(this.status, this.disconnected ? "Connexion perdue : vos saisies sont gardées, nouvel essai…" : pending ? "Enregistrement…" : this.state.status)
    const { problems } = this.state
    this.errorsButton.hidden = !problems
    setText(this.errorsButton, `${problems} saisie${problems > 1 ? "s" : ""} à revoir ↓`)
    this.status.classList.toggle("waiting", Boolean(this.disconnected))
    this.status.classList.toggle("saved", Boolean(this.status.textContent && !pending && !this.disconnected))
  }

  positionOf(td) {
    return [td.closest("tr").line, td.cellIndex - 1]
  }

  cellAt(line, col) {
    const row = this.rowAt(line)
    return this.trs.get(row ? row.id : `?${line}`)?.cells[col + 1]
  }
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text
}

// Give an element these children. Those that stay are not moved, as an element that is moved loses the focus.
function arrange(parent, children) {
  const wanted = new Set(children)
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove()
  let next = parent.firstElementChild
  for (const child of children) {
    if (child === next) next = next.nextElementSibling
    else parent.insertBefore(child, next)
  }
}
