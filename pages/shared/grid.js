// The grid: a table that behaves like a spreadsheet. It shows what the server sends and never changes a row by itself.
//
// An edit goes into an outbox as { n, row, version, field, text } and stays there, shown as pending, until the server
// says it has dealt with number n. A rerun, a slow network or a lost connection can therefore delay an edit, never
// drop it; and since it names its row by id, sorting or filtering in between cannot move it to another row.

const DELAY_SEARCH = 200
const DELAY_LOOK = 700
const grids = new WeakMap()

class Grid {
  constructor(root) {
    this.root = root
    this.instance = Math.random().toString(36).slice(2)
    this.outbox = []
    this.number = 0
    this.selected = new Set()
    this.undoable = []
    this.rows = new Map()
    this.build()
  }

  build() {
    this.search = make("input", { type: "search", class: "search", placeholder: "Rechercher…", "aria-label": "Rechercher" })
    this.counts = make("span", { class: "counts", "aria-live": "polite" })
    this.status = make("span", { class: "status", role: "status" })
    this.head = make("thead")
    this.body = make("tbody")
    this.table = make("table", { role: "grid" }, this.head, this.body)
    this.scroller = make("div", { class: "scroller" }, this.table)
    this.pager = make("div", { class: "pager" })
    this.root.replaceChildren(
      make("div", { class: "bar" }, this.search, this.counts, this.status),
      this.scroller,
      this.pager,
    )
    this.table.addEventListener("keydown", (event) => this.onKey(event))
    this.table.addEventListener("mousedown", (event) => this.onMouse(event))
    this.table.addEventListener("mouseover", (event) => this.onDrag(event))
    this.table.addEventListener("dblclick", (event) => this.onDouble(event))
    this.table.addEventListener("copy", (event) => this.onCopy(event))
    this.table.addEventListener("paste", (event) => this.onPaste(event))
    this.search.addEventListener("input", () => {
      clearTimeout(this.searching)
      this.searching = setTimeout(() => this.send("search", this.search.value), DELAY_SEARCH)
    })
    this.leaving = (event) => this.outbox.length && event.preventDefault()
    window.addEventListener("beforeunload", this.leaving)
    this.looking = setInterval(() => this.look(), DELAY_LOOK)
  }

  destroy() {
    clearInterval(this.looking)
    window.removeEventListener("beforeunload", this.leaving)
  }

  // ---- what the server sends

  receive({ data, setStateValue, setTriggerValue }) {
    this.send = setStateValue
    this.trigger = setTriggerValue
    this.data = data
    if (data.instance === this.instance) this.outbox = this.outbox.filter((edit) => edit.n > data.done)
    if (this.view !== data.view) this.showAll()
    else this.showChanges()
    this.counts.textContent = data.counts
    this.showPager()
    this.showStatus()
    if (data.suggestions && this.editing?.suggest) this.editing.suggest(data.suggestions)
    if (data.looked > (this.token ?? 0)) this.token = data.looked
    if (this.outbox.length && data.instance !== this.instance) this.flush()
  }

  showAll() {
    this.stopEditing(false)
    this.view = this.data.view
    if (this.root.getRootNode().activeElement !== this.search) this.search.value = this.data.search
    this.selected.clear()
    this.showHead()
    this.rows.clear()
    this.body.replaceChildren(...this.data.rows.map((row, index) => this.makeRow(row, index)))
    this.showEmpty()
    this.setActive(0, this.firstEditable(), false)
  }

  showHead() {
    const all = make("input", { type: "checkbox", "aria-label": "Tout sélectionner" })
    all.onchange = () => this.selectRows(all.checked ? this.data.rows.filter((row) => row.id > 0).map((row) => row.id) : [])
    const cells = this.data.columns.map((column) => this.makeHeader(column))
    this.head.replaceChildren(make("tr", {}, make("th", { class: "line", scope: "col" }, all), ...cells))
  }

  makeHeader(column) {
    const place = this.data.sort.findIndex((name) => name.replace("-", "") === column.name)
    const way = place < 0 ? null : this.data.sort[place].startsWith("-") ? "descending" : "ascending"
    const arrow = way ? make("span", { class: "arrow", "aria-hidden": "true" }, way === "ascending" ? " ↑" : " ↓") : null
    const required = column.required ? make("span", { class: "required", title: "Obligatoire" }, " *") : null
    const button = make("button", { type: "button", title: column.help || null }, column.label, required, arrow)
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

  makeRow(row, index) {
    const check = make("input", { type: "checkbox", "aria-label": `Sélectionner la ligne ${index + 1}` })
    check.onchange = () => this.toggleRow(row.id, check.checked)
    const open = make("button", { type: "button", class: "open", title: "Ouvrir", "aria-label": `Ouvrir la ligne ${index + 1}` }, "↗")
    open.onclick = () => this.trigger("open", { row: tr.rowId, at: Date.now() })
    const number = make("span", { class: "number" }, String(index + 1))
    const line = make("th", { class: "line", scope: "row" }, row.id > 0 ? check : null, number, row.id > 0 ? open : null)
    const tr = make("tr", {}, line, ...this.data.columns.map((column) => this.makeCell(column)))
    tr.rowId = row.id
    this.rows.set(row.id, tr)
    this.fillRow(tr, row)
    return tr
  }

  makeCell(column) {
    return make("td", { role: "gridcell", tabindex: "-1", class: column.align, "data-field": column.name })
  }

  fillRow(tr, row) {
    const before = tr.row
    tr.row = row
    tr.classList.toggle("stale", Boolean(row.stale))
    tr.title = row.stale ? "Ne correspond plus au filtre : la ligne disparaîtra quand le filtre sera appliqué de nouveau." : ""
    tr.classList.toggle("draft", !(row.id > 0))
    this.data.columns.forEach((column, index) => {
      const td = tr.cells[index + 1]
      const changed = before && before.id === row.id && before.cells[column.name] !== row.cells[column.name]
      this.fillCell(td, row, column)
      if (changed) this.flash(td)
    })
  }

  fillCell(td, row, column) {
    if (this.editing?.td === td) return
    const pending = this.outbox.findLast((edit) => edit.row === row.id && edit.field === column.name)
    const refused = row.refused?.[column.name]
    const text = pending ? pending.text : refused ? refused.text : (row.cells[column.name] ?? "")
    const [tone, why] = row.marks?.[column.name] ?? []
    if (td.textContent !== text) td.textContent = text
    td.className = [column.align, column.editable ? "" : "computed", pending ? "pending" : "", tone ?? "", refused ? "refused" : ""].join(" ")
    td.title = refused ? refused.reason : (why ?? (text.length > 30 ? text : ""))
    td.setAttribute("aria-readonly", String(!column.editable))
    if (refused) td.setAttribute("aria-invalid", "true")
    else td.removeAttribute("aria-invalid")
  }

  showChanges() {
    const wanted = new Set(this.data.rows.map((row) => row.id))
    for (const row of this.data.rows) {
      const tr = this.rows.get(row.id) ?? (row.was ? this.rows.get(row.was) : undefined)
      if (tr && tr.rowId !== row.id) this.adopt(tr, row)
    }
    for (const [id, tr] of this.rows) {
      if (wanted.has(id)) continue
      if (this.editing && tr.contains(this.editing.td)) this.stopEditing(false)
      tr.remove()
      this.rows.delete(id)
      this.selected.delete(id)
    }
    this.data.rows.forEach((row, index) => {
      const tr = this.rows.get(row.id) ?? this.makeRow(row, index)
      if (tr.row !== row) this.fillRow(tr, row)
      tr.querySelector(".number").textContent = String(index + 1)
      if (this.body.rows[index] !== tr) this.body.insertBefore(tr, this.body.rows[index] ?? null)
    })
    this.showEmpty()
  }

  adopt(tr, row) {
    // A new line was saved: it keeps its place, its focus and what is being typed, under its real number.
    const old = tr.rowId
    this.rows.delete(old)
    for (const edit of this.outbox) if (edit.row === old) edit.row = row.id
    const fresh = this.makeRow(row, [...this.body.rows].indexOf(tr))
    tr.cells[0].replaceWith(fresh.cells[0])
    tr.cells[0].querySelector("input").onchange = (event) => this.toggleRow(row.id, event.target.checked)
    tr.cells[0].querySelector(".open").onclick = () => this.trigger("open", { row: row.id, at: Date.now() })
    tr.rowId = row.id
    this.rows.set(row.id, tr)
  }

  showEmpty() {
    const nothing = this.data.rows.every((row) => !(row.id > 0))
    this.scroller.dataset.empty = nothing ? this.data.empty : ""
  }

  showPager() {
    const { page, pages } = this.data
    const step = (label, to, words) => {
      const button = make("button", { type: "button", disabled: to < 1 || to > pages, "aria-label": words }, label)
      button.onclick = () => this.send("page", to)
      return button
    }
    const nodes = pages > 1 ? [step("«", 1, "Première page"), step("‹", page - 1, "Page précédente"), make("span", {}, `Page ${page.toLocaleString("fr-FR")} sur ${pages.toLocaleString("fr-FR")}`), step("›", page + 1, "Page suivante"), step("»", pages, "Dernière page")] : []
    const label = JSON.stringify([page, pages])
    if (this.paged !== label) this.pager.replaceChildren(...nodes)
    this.paged = label
  }

  showStatus() {
    const waiting = this.outbox.length
    this.status.textContent = this.lost ? "Connexion perdue : rien n’est perdu, nouvel essai…" : waiting ? "Enregistrement…" : this.data.status
    this.status.classList.toggle("waiting", Boolean(this.lost || waiting))
  }

  flash(td) {
    td.classList.remove("flash")
    void td.offsetWidth
    td.classList.add("flash")
  }

  // ---- what a colleague changed: ask for the file's change number, and for a rerun only when it moved

  async look() {
    if (document.visibilityState !== "visible" || !this.data) return
    try {
      const answer = await fetch(new URL("changes", document.baseURI), { cache: "no-store" })
      const token = Number(await answer.text())
      if (this.lost) {
        this.lost = false
        this.showStatus()
      }
      if (token > (this.token ?? 0)) {
        this.token = token
        this.send("seen", token)
      }
    } catch {
      this.lost = true
      this.showStatus()
    }
  }

  // ---- what the person does

  commit(move = "down") {
    const { td, editor, text, row, column } = this.editing
    const value = editor.value()
    this.stopEditing(true)
    if (value !== text) this.edit([{ row, column, text: value }])
    const [line, place] = this.placeOf(td)
    const step = { down: [1, 0], up: [-1, 0], right: [0, 1], left: [0, -1], stay: [0, 0] }[move]
    this.setActive(line + step[0], place + step[1])
  }

  edit(changes, undoing = false) {
    const made = changes.filter(({ row, column, text }) => column.editable && text !== this.textOf(row, column.name))
    if (!undoing && made.length) this.undoable.push(made.map(({ row, column }) => ({ row, column, text: this.textOf(row, column.name) })))
    for (const { row, column, text } of made) {
      const current = this.rows.get(row)?.row
      this.outbox.push({ n: ++this.number, row, version: current?.version ?? 0, field: column.name, text })
    }
    if (made.length) this.flush()
    for (const { row, column } of made) {
      const tr = this.rows.get(row)
      if (tr) this.fillCell(tr.cells[this.data.columns.indexOf(column) + 1] ?? tr.cells[this.placeOfField(column.name) + 1], tr.row, column)
    }
  }

  flush() {
    this.send("edits", { instance: this.instance, edits: this.outbox.slice() })
    this.showStatus()
  }

  textOf(row, field) {
    const pending = this.outbox.findLast((edit) => edit.row === row && edit.field === field)
    const shown = this.rows.get(row)?.row
    return pending ? pending.text : (shown?.refused?.[field]?.text ?? shown?.cells[field] ?? "")
  }

  startEditing(td, first) {
    const row = td.closest("tr").rowId
    const column = this.data.columns[td.cellIndex - 1]
    if (!column.editable || this.editing) return
    const text = this.textOf(row, column.name)
    const tools = { commit: (move) => this.editing && this.commit(move), ask: (words) => this.send("ask", { field: column.name, words }), id: `s${this.instance}` }
    const editor = EDITORS[column.kind](column, text, tools)
    this.editing = { td, editor, text, row, column, suggest: editor.suggest }
    td.textContent = ""
    td.classList.add("editing")
    td.append(editor.element)
    editor.focus(first)
    if (column.kind === "reference" && first === undefined) tools.ask("")
    editor.element.addEventListener("focusout", (event) => {
      if (this.editing?.td === td && !td.contains(event.relatedTarget)) this.commitAway()
    })
  }

  commitAway() {
    // Clicking elsewhere keeps what was typed, as in a spreadsheet, and leaves the focus where it went.
    const { editor, text, row, column } = this.editing
    const value = editor.value()
    this.stopEditing(false)
    if (value !== text) this.edit([{ row, column, text: value }])
  }

  stopEditing(refocus) {
    if (!this.editing) return
    const { td, row, column } = this.editing
    this.editing = null
    td.replaceChildren()
    const tr = this.rows.get(row)
    if (tr) this.fillCell(td, tr.row, column)
    if (refocus) td.focus({ preventScroll: true })
  }

  placeOf(td) {
    return [[...this.body.rows].indexOf(td.closest("tr")), td.cellIndex - 1]
  }

  placeOfField(name) {
    return this.data.columns.findIndex((column) => column.name === name)
  }

  cellAt(line, place) {
    return this.body.rows[line]?.cells[place + 1]
  }

  firstEditable() {
    return Math.max(0, this.data.columns.findIndex((column) => column.editable))
  }

  setActive(line, place, focus = true, extend = false) {
    const lines = this.body.rows.length
    if (!lines) return
    line = Math.min(Math.max(line, 0), lines - 1)
    place = Math.min(Math.max(place, 0), this.data.columns.length - 1)
    const td = this.cellAt(line, place)
    this.body.querySelector('td[tabindex="0"]')?.setAttribute("tabindex", "-1")
    td.setAttribute("tabindex", "0")
    this.active = [line, place]
    if (!extend) this.anchor = [line, place]
    if (focus) {
      td.focus({ preventScroll: true })
      td.scrollIntoView({ block: "nearest", inline: "nearest" })
    }
    this.showRange()
  }

  range() {
    const [[a, b], [c, d]] = [this.anchor ?? [0, 0], this.active ?? [0, 0]]
    return { top: Math.min(a, c), bottom: Math.max(a, c), left: Math.min(b, d), right: Math.max(b, d) }
  }

  showRange() {
    for (const td of this.body.querySelectorAll("td.in-range")) td.classList.remove("in-range")
    const { top, bottom, left, right } = this.range()
    if (top === bottom && left === right) return
    for (let line = top; line <= bottom; line++) for (let place = left; place <= right; place++) this.cellAt(line, place)?.classList.add("in-range")
  }

  onMouse(event) {
    const td = event.target.closest("td")
    if (!td || this.editing?.td === td || event.button) return
    event.preventDefault()
    if (this.editing) this.commitAway()
    const already = this.active && this.cellAt(...this.active) === td && td.matches(":focus")
    this.setActive(...this.placeOf(td), true, event.shiftKey)
    this.dragging = true
    document.addEventListener("mouseup", () => (this.dragging = false), { once: true })
    if (already && matchMedia("(pointer: coarse)").matches) this.startEditing(td)
  }

  onDrag(event) {
    const td = event.target.closest("td")
    if (this.dragging && td) this.setActive(...this.placeOf(td), true, true)
  }

  onDouble(event) {
    const td = event.target.closest("td")
    if (td) this.startEditing(td)
  }

  onKey(event) {
    if (this.editing) return this.onEditorKey(event)
    const td = event.target.closest("td")
    if (!td) return
    const moves = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -999], End: [0, 999], PageDown: [15, 0], PageUp: [-15, 0] }
    const [line, place] = this.placeOf(td)
    const command = event.ctrlKey || event.metaKey
    if (moves[event.key]) this.setActive(line + moves[event.key][0], place + moves[event.key][1], true, event.shiftKey)
    else if (event.key === "Enter" || event.key === "F2") this.startEditing(td)
    else if (event.key === "Delete" || event.key === "Backspace") this.clearRange()
    else if (command && event.key.toLowerCase() === "z") this.undo()
    else if (event.key === " " && event.shiftKey) this.toggleRow(td.closest("tr").rowId)
    else if (event.key.length === 1 && !command && !event.altKey) this.startEditing(td, event.key)
    else return
    event.preventDefault()
  }

  onEditorKey(event) {
    const long = this.editing.column.kind === "long"
    if (event.key === "Escape") this.stopEditing(true)
    else if (event.key === "Enter" && !(long && event.shiftKey)) this.commit(event.shiftKey ? "up" : "down")
    else if (event.key === "Tab") this.commit(event.shiftKey ? "left" : "right")
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  clearRange() {
    this.edit(this.cellsInRange().map(([row, column]) => ({ row, column, text: "" })))
  }

  cellsInRange() {
    const { top, bottom, left, right } = this.range()
    const cells = []
    for (let line = top; line <= bottom; line++) for (let place = left; place <= right; place++) cells.push([this.body.rows[line].rowId, this.data.columns[place]])
    return cells
  }

  undo() {
    const last = this.undoable.pop()
    if (last) this.edit(last, true)
  }

  onCopy(event) {
    if (this.editing) return
    const { top, bottom, left, right } = this.range()
    const lines = []
    for (let line = top; line <= bottom; line++) {
      const cells = this.data.columns.slice(left, right + 1).map((column) => quoted(this.textOf(this.body.rows[line].rowId, column.name)))
      lines.push(cells.join("\t"))
    }
    event.clipboardData.setData("text/plain", lines.join("\n"))
    event.preventDefault()
  }

  onPaste(event) {
    if (this.editing) return
    event.preventDefault()
    const block = parseBlock(event.clipboardData.getData("text/plain"))
    const { top, left, bottom, right } = this.range()
    const one = block.length === 1 && block[0].length === 1
    const changes = []
    const add = (line, place, text) => {
      const tr = this.body.rows[line]
      const column = this.data.columns[place]
      const row = tr ? tr.rowId : this.data.draft - (line - this.body.rows.length) - 1
      if (column) changes.push({ row, column, text: text.trim() })
    }
    if (one) for (let line = top; line <= bottom; line++) for (let place = left; place <= right; place++) add(line, place, block[0][0])
    else block.forEach((cells, i) => cells.forEach((text, j) => add(top + i, left + j, text)))
    this.edit(changes)
    this.trigger("pasted", { cells: changes.length, skipped: changes.filter(({ column }) => !column.editable).length, at: Date.now() })
  }

  toggleRow(id, on = !this.selected.has(id)) {
    if (on) this.selected.add(id)
    else this.selected.delete(id)
    this.selectRows([...this.selected])
  }

  selectRows(ids) {
    this.selected = new Set(ids)
    for (const [id, tr] of this.rows) {
      const check = tr.querySelector('th.line input[type="checkbox"]')
      if (check) check.checked = this.selected.has(id)
      tr.classList.toggle("chosen", this.selected.has(id))
    }
    this.send("selected", ids)
  }

  sortBy(name, add) {
    const place = this.data.sort.find((item) => item.replace("-", "") === name)
    const next = !place ? [name] : place.startsWith("-") ? [] : [`-${name}`]
    this.send("sort", add ? [...this.data.sort.filter((item) => item !== place), ...next] : next)
  }

  moveColumn(name, before) {
    if (name === before) return
    const names = this.data.columns.map((column) => column.name).filter((item) => item !== name)
    const places = this.data.columns.map((column) => column.name)
    names.splice(names.indexOf(before) + (places.indexOf(name) < places.indexOf(before) ? 1 : 0), 0, name)
    this.send("order", names)
  }
}

function quoted(text) {
  return /[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function parseBlock(text) {
  // Excel's clipboard: tabs between cells, a line per row, quotes round cells that hold either.
  const rows = [[""]]
  let inside = false
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "")
  for (let i = 0; i < source.length; i++) {
    const c = source[i]
    const cells = rows.at(-1)
    if (inside && c === '"' && source[i + 1] === '"') cells[cells.length - 1] += source[++i]
    else if (c === '"' && (inside || cells.at(-1) === "")) inside = !inside
    else if (!inside && c === "\t") cells.push("")
    else if (!inside && c === "\n") rows.push([""])
    else cells[cells.length - 1] += c
  }
  return rows
}

export default function (component) {
  const root = component.parentElement.querySelector(".palette-grid")
  if (!grids.has(root)) grids.set(root, new Grid(root))
  const grid = grids.get(root)
  grid.receive(component)
  return () => {
    grid.destroy()
    grids.delete(root)
  }
}
