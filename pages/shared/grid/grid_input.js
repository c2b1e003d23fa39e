// What the person does: keyboard, mouse, touch, clipboard. Whatever is typed ends in `edit`, which puts it in the outbox.

const MOVES = {
  ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
  Home: [0, -999], End: [0, 999], PageDown: [15, 0], PageUp: [-15, 0],
}
const AFTER = { down: [1, 0], up: [-1, 0], right: [0, 1], left: [0, -1], stay: [0, 0] }

class GridInput extends GridView {
  constructor(root) {
    super(root)
    const on = (name, handle) => this.table.addEventListener(name, handle.bind(this))
    on("keydown", this.onKey)
    on("mousedown", this.onMouse)
    on("mouseover", this.onDrag)
    on("dblclick", this.onDouble)
    on("copy", this.onCopy)
    on("paste", this.onPaste)
    this.search.addEventListener("input", () => {
      clearTimeout(this.searching)
      this.searching = setTimeout(() => this.send("search", this.search.value), 200)
    })
    this.scroller.addEventListener("scroll", () => this.placePopup())
  }

  // ---- editing one cell

  startEditing(td, first) {
    const row = td.closest("tr").rowId
    const column = this.data.columns[td.cellIndex - 1]
    if (!column.editable || this.editing) return
    const text = this.textOf(row, column.name)
    const tools = { commit: (move) => this.editing && this.commit(move), ask: (words) => this.send("ask", { field: column.name, words }), id: `list-${this.instance}` }
    const editor = editorFor(column, text, tools)
    // The version is that of the text the person saw when she began: what a colleague saves meanwhile is not hers to overwrite.
    this.editing = { td, editor, text, row, column, version: this.versionOf(row) }
    td.textContent = ""
    td.classList.add("editing")
    td.append(editor.element)
    editor.focus(first)
    this.placePopup()
    editor.element.addEventListener("focusout", (event) => {
      if (this.editing?.td === td && document.hasFocus() && !td.contains(event.relatedTarget)) this.commit(null)
    })
  }

  placePopup() {
    const popup = this.editing?.editor.popup
    if (!popup) return
    const cell = this.editing.td.getBoundingClientRect()
    const below = popup !== this.editing.editor.element // a list stands under its line, a box over its cell
    const height = popup.offsetHeight || 240
    const room = window.innerHeight - (below ? cell.bottom : cell.top)
    const top = room >= height + 8 ? (below ? cell.bottom : cell.top) : Math.max(4, (below ? cell.top : cell.bottom) - height)
    popup.style.left = `${Math.max(4, Math.min(cell.left, window.innerWidth - popup.offsetWidth - 8))}px`
    popup.style.top = `${top}px`
    popup.style.minWidth = `${cell.width}px`
  }

  commit(move) {
    // `move` null: the person clicked elsewhere, which keeps what was typed, as in a spreadsheet; the focus stays there.
    const { td, editor, text, row, column, version } = this.editing
    const value = editor.value()
    this.closeEditor(move !== null)
    if (value !== text) this.edit([{ row, column, text: value, version }])
    const [line, place] = this.placeOf(td)
    if (move !== null) this.setActive(line + AFTER[move][0], place + AFTER[move][1])
    this.showDeferred()
  }

  cancel() {
    this.closeEditor(true)
    this.showDeferred()
  }

  closeEditor(refocus) {
    const { td, row, column } = this.editing
    this.editing = null
    td.replaceChildren()
    const tr = this.rows.get(row)
    if (tr) this.fillCell(td, tr.row, column)
    if (refocus) td.focus({ preventScroll: true })
  }

  edit(changes, undoing = false) {
    const made = changes.filter(({ row, column, text }) => column.editable && text !== this.textOf(row, column.name))
    if (!made.length) return
    const before = made.map(({ row, column, version }) => ({ row, column, text: this.textOf(row, column.name), version: version ?? this.versionOf(row) }))
    if (!undoing) this.undoable.push(before)
    for (const { row, column, text, version } of made) this.post(row, column.name, text, version ?? this.versionOf(row))
    this.flush()
    for (const { row, column } of made) this.refill(row, column.name)
    this.addEmptyLine()
  }

  refill(row, field) {
    const tr = this.rows.get(row)
    const place = this.data.columns.findIndex((column) => column.name === field)
    if (tr && place >= 0) this.fillCell(tr.cells[place + 1], tr.row, this.data.columns[place])
  }

  addEmptyLine() {
    // The next empty line is there at once: what is typed quickly under a new line must not land in it.
    const last = this.lines.at(-1)
    if (!last || last.rowId > 0 || !this.outbox.some((edit) => edit.row === last.rowId)) return
    this.body.append(this.makeRow({ id: Math.min(last.rowId, this.data.next) - 1, cells: {}, version: 0 }))
    this.showNumbers()
  }

  undo() {
    // With the version of the first edit: the server takes it back unless a colleague wrote there since.
    const last = this.undoable.pop()
    if (last) this.edit(last.map((change) => ({ ...change, row: this.adopted.get(change.row) ?? change.row })), true)
  }

  clearRange() {
    this.edit(this.placesInRange().map(([line, place]) => ({ row: this.lines[line].rowId, column: this.data.columns[place], text: "" })))
  }

  // ---- keyboard

  onKey(event) {
    if (event.isComposing) return
    if (this.editing) return this.onEditorKey(event)
    const td = event.target.closest("td")
    if (!td) return
    const [line, place] = this.placeOf(td)
    const id = td.closest("tr").rowId
    const command = event.ctrlKey || event.metaKey
    const move = MOVES[event.key]
    if (move) this.setActive(line + move[0], place + move[1], true, event.shiftKey)
    else if (event.key === "Enter" && command) id > 0 && this.send("open", id)
    else if (event.key === "Enter" || event.key === "F2") this.startEditing(td)
    else if (event.key === "Delete" || event.key === "Backspace") this.clearRange()
    else if (event.key === "Escape") this.setActive(line, place)
    else if (command && event.key.toLowerCase() === "z") this.undo()
    else if (event.key === " " && event.shiftKey) id > 0 && this.toggleRow(id)
    else if (event.key.length === 1 && !command && !event.altKey) this.startEditing(td, event.key)
    else if (["Dead", "Process"].includes(event.key)) return this.startEditing(td, "") // « ^ » then « e »: composed in the editor
    else return
    event.preventDefault()
  }

  onEditorKey(event) {
    const { editor, column } = this.editing
    if (event.key === "Escape") this.cancel()
    else if (editor.onKey?.(event)) this.placePopup()
    else if (event.key === "Enter" && !(column.kind === "long" && event.shiftKey) && !event.target.matches("button")) this.commit(event.shiftKey ? "up" : "down")
    else if (event.key === "Tab") this.commit(event.shiftKey ? "left" : "right")
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  // ---- mouse and touch

  onMouse(event) {
    const td = event.target.closest("td")
    if (!td || this.editing?.td === td || event.button) return
    event.preventDefault()
    if (this.editing) this.commit(null)
    const already = td.isConnected && td.matches(":focus")
    const touch = matchMedia("(pointer: coarse)").matches
    this.setActive(...this.placeOf(td), true, event.shiftKey)
    if (already && touch) return this.startEditing(td)
    this.dragging = !touch
    document.addEventListener("mouseup", () => (this.dragging = false), { once: true })
  }

  onDrag(event) {
    const td = event.target.closest("td")
    if (this.dragging && td) this.setActive(...this.placeOf(td), true, true)
  }

  onDouble(event) {
    const td = event.target.closest("td")
    if (td) this.startEditing(td)
  }

  // ---- clipboard

  onCopy(event) {
    if (this.editing) return
    const { left, right } = this.range()
    const lines = []
    for (const [line, place] of this.placesInRange()) {
      const text = quoted(this.textOf(this.lines[line].rowId, this.data.columns[place].name))
      if (place === left) lines.push([])
      lines.at(-1).push(text)
      if (place === right) lines[lines.length - 1] = lines.at(-1).join("\t")
    }
    event.clipboardData.setData("text/plain", lines.join("\n"))
    event.preventDefault()
  }

  onPaste(event) {
    if (this.editing) return
    event.preventDefault()
    const block = parseBlock(event.clipboardData.getData("text/plain"))
    const { top, left } = this.range()
    const one = block.length === 1 && block[0].length === 1
    const cells = one
      ? this.placesInRange().map(([line, place]) => [line, place, block[0][0]])
      : block.flatMap((texts, i) => texts.map((text, j) => [top + i, left + j, text]))
    const changes = cells.map(([line, place, text]) => ({ row: this.rowAt(line), column: this.data.columns[place], text: text.trim() }))
    const kept = changes.filter(({ column }) => column?.editable)
    this.edit(kept)
    this.send("pasted", { cells: changes.length, skipped: changes.length - kept.length })
  }

  rowAt(line) {
    // A line past the last one is a new line still to come.
    const lines = this.lines
    return lines[line]?.rowId ?? Math.min(this.data.next, lines[lines.length - 1].rowId) - (line - lines.length) - 1
  }

  // ---- rows and columns as a whole

  toggleRow(id, on = !this.selected.has(id)) {
    this.selectRows([...this.selected, id].filter((item) => item !== id || on))
  }

  selectRows(ids) {
    this.selected = new Set(ids)
    for (const [id, tr] of this.rows) {
      const on = this.selected.has(id)
      const check = tr.querySelector('th input[type="checkbox"]')
      if (check) check.checked = on
      tr.classList.toggle("chosen", on)
      tr.setAttribute("aria-selected", String(on))
    }
    this.showCounts()
    this.send("selected", [...this.selected])
  }

  sortBy(name, add) {
    // A second click counts from the first one, even while the answer to something older is still on its way.
    const sort = this.wanted ?? this.data.sort
    const place = sort.find((item) => item.replace(/^-/, "") === name)
    const next = !place ? [name] : place.startsWith("-") ? [] : [`-${name}`]
    this.wanted = add ? [...sort.filter((item) => item !== place), ...next] : next
    this.send("sort", this.wanted)
  }

  moveColumn(name, before) {
    const names = this.data.columns.map((column) => column.name)
    const [from, to] = [names.indexOf(name), names.indexOf(before)]
    if (from < 0 || from === to) return
    names.splice(from, 1)
    names.splice(to, 0, name)
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
