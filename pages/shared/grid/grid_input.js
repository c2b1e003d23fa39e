// Keyboard, mouse, touch and clipboard. Every change of a cell goes through `edit`, which puts it in the outbox.

const MOVES = {
  ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
  Home: [0, -999], End: [0, 999], PageDown: [15, 0], PageUp: [-15, 0],
}
const MOVES_AFTER_COMMIT = { down: [1, 0], up: [-1, 0], right: [0, 1], left: [0, -1], stay: [0, 0] }

class GridInput extends GridView {
  constructor(root) {
    super(root)
    const on = (name, handle) => this.table.addEventListener(name, handle.bind(this))
    on("keydown", this.onKey)
    on("mousedown", this.onMouseDown)
    on("mouseover", this.onMouseOver)
    on("dblclick", this.onDoubleClick)
    on("copy", this.onCopy)
    on("paste", this.onPaste)
    this.search.addEventListener("input", () => {
      clearTimeout(this.searchTimer)
      this.searchTimer = setTimeout(() => this.send("search", this.search.value), 200)
    })
    this.scroller.addEventListener("scroll", () => this.positionPopup())
  }

  // ---- editing one cell

  startEditing(td, first) {
    const row = td.closest("tr").rowId
    const column = this.data.columns[td.cellIndex - 1]
    if (!column.editable || this.editing) return
    const text = this.textOf(row, column.name)
    const tools = { commit: (move) => this.editing && this.commit(move), ask: (words) => this.send("ask", { field: column.name, words }), id: `list-${this.instance}` }
    const editor = editorFor(column, text, tools)
    // The version of the row when the person began: the server refuses to overwrite what a colleague saves meanwhile.
    this.editing = { td, editor, text, row, column, version: this.versionOf(row) }
    td.textContent = ""
    td.classList.add("editing")
    td.append(editor.element)
    editor.focus(first)
    this.positionPopup()
    editor.element.addEventListener("focusout", (event) => {
      if (this.editing?.td === td && document.hasFocus() && !td.contains(event.relatedTarget)) this.commit(null)
    })
  }

  positionPopup() {
    const popup = this.editing?.editor.popup
    if (!popup) return
    const cell = this.editing.td.getBoundingClientRect()
    const below = popup !== this.editing.editor.element // a list is below its input, a box covers its cell
    const height = popup.offsetHeight || 240
    const room = window.innerHeight - (below ? cell.bottom : cell.top)
    const top = room >= height + 8 ? (below ? cell.bottom : cell.top) : Math.max(4, (below ? cell.top : cell.bottom) - height)
    popup.style.left = `${Math.max(4, Math.min(cell.left, window.innerWidth - popup.offsetWidth - 8))}px`
    popup.style.top = `${top}px`
    popup.style.minWidth = `${cell.width}px`
  }

  commit(move) {
    // `move` null: the person clicked elsewhere. As in a spreadsheet the text is kept; the focus is not moved.
    const { td, editor, text, row, column, version } = this.editing
    const value = editor.value()
    this.closeEditor(move !== null)
    if (value !== text) this.edit([{ row, column, text: value, version }])
    const [line, col] = this.positionOf(td)
    if (move !== null) this.setActive(line + MOVES_AFTER_COMMIT[move][0], col + MOVES_AFTER_COMMIT[move][1])
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
    this.keep()
    if (refocus) td.focus({ preventScroll: true })
  }

  edit(changes, undoing = false) {
    const effective = changes.filter(({ row, column, text }) => column.editable && text !== this.textOf(row, column.name))
    if (!effective.length) return
    const before = effective.map(({ row, column, version }) => ({ row, column, text: this.textOf(row, column.name), version: version ?? this.versionOf(row) }))
    if (!undoing) this.undoable.push(before)
    for (const { row, column, text, version } of effective) this.post(row, column.name, text, version ?? this.versionOf(row))
    this.flush()
    for (const { row, column } of effective) this.refill(row, column.name)
    this.addEmptyLine()
  }

  refill(row, field) {
    const tr = this.rows.get(row)
    const col = this.data.columns.findIndex((column) => column.name === field)
    if (tr && col >= 0) this.fillCell(tr.cells[col + 1], tr.row, this.data.columns[col])
  }

  addEmptyLine() {
    // Add the next empty line without waiting for the server: text typed quickly below must not land in the new line.
    const last = this.lines.at(-1)
    if (!last || last.rowId > 0 || !this.outbox.some((edit) => edit.row === last.rowId)) return
    this.body.append(this.makeRow({ id: Math.min(last.rowId, this.data.next) - 1, cells: {}, version: 0 }))
    this.showLineNumbers()
  }

  undo() {
    // Sent with the version of the edit: the server undoes it unless a colleague changed the cell since.
    const last = this.undoable.pop()
    if (last) this.edit(last.map((change) => ({ ...change, row: this.adopted.get(change.row) ?? change.row })), true)
  }

  clearRange() {
    this.edit(this.positionsInRange().map(([line, col]) => ({ row: this.lines[line].rowId, column: this.data.columns[col], text: "" })))
  }

  // ---- keyboard

  onKey(event) {
    if (event.isComposing) return
    if (this.editing) return this.onEditorKey(event)
    const td = event.target.closest("td")
    if (!td) return
    const [line, col] = this.positionOf(td)
    const id = td.closest("tr").rowId
    const command = event.ctrlKey || event.metaKey
    const move = MOVES[event.key]
    const column = this.data.columns[col]
    const ofDate = column.kind === "date" && column.editable
    if (ofDate && PaletteCalendar.opens(event)) {
      this.startEditing(td)
      this.editing?.editor.openCalendar()
    } else if (ofDate && PaletteCalendar.isToday(event)) this.edit([{ row: id, column, text: PaletteCalendar.today() }])
    else if (move) this.setActive(line + move[0], col + move[1], true, event.shiftKey)
    else if (event.key === "Enter" && command) id > 0 && this.send("open", id)
    else if (event.key === "Enter" || event.key === "F2") this.startEditing(td)
    else if (event.key === "Delete" || event.key === "Backspace") this.clearRange()
    else if (event.key === "Escape") this.setActive(line, col)
    else if (command && event.key.toLowerCase() === "z") this.undo()
    else if (event.key === " " && event.shiftKey) id > 0 && this.toggleRow(id)
    else if (event.key.length === 1 && !command && !event.altKey) this.startEditing(td, event.key)
    else if (["Dead", "Process"].includes(event.key)) return this.startEditing(td, "") // a dead key such as « ^ »: composed in the editor
    else return
    event.preventDefault()
  }

  onEditorKey(event) {
    const { editor, column } = this.editing
    if (event.key === "Escape") this.cancel()
    else if (editor.onKey?.(event)) this.positionPopup()
    else if (event.key === "Enter" && !(column.kind === "long" && event.shiftKey) && !event.target.matches("button")) this.commit(event.shiftKey ? "up" : "down")
    else if (event.key === "Tab") this.commit(event.shiftKey ? "left" : "right")
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  // ---- mouse and touch

  onMouseDown(event) {
    const td = event.target.closest("td")
    if (!td || this.editing?.td === td || event.button) return
    event.preventDefault()
    if (this.editing) this.commit(null)
    const hadFocus = td.isConnected && td.matches(":focus")
    const touch = matchMedia("(pointer: coarse)").matches
    this.setActive(...this.positionOf(td), true, event.shiftKey)
    if (hadFocus && touch) return this.startEditing(td)
    this.dragging = !touch
    document.addEventListener("mouseup", () => (this.dragging = false), { once: true })
  }

  onMouseOver(event) {
    const td = event.target.closest("td")
    if (this.dragging && td) this.setActive(...this.positionOf(td), true, true)
  }

  onDoubleClick(event) {
    const td = event.target.closest("td")
    if (td) this.startEditing(td)
  }

  // ---- clipboard

  onCopy(event) {
    if (this.editing) return
    const { left, right } = this.range()
    const lines = []
    for (const [line, col] of this.positionsInRange()) {
      const text = quoted(this.textOf(this.lines[line].rowId, this.data.columns[col].name))
      if (col === left) lines.push([])
      lines.at(-1).push(text)
      if (col === right) lines[lines.length - 1] = lines.at(-1).join("\t")
    }
    event.clipboardData.setData("text/plain", lines.join("\n"))
    event.preventDefault()
  }

  onPaste(event) {
    if (this.editing) return
    event.preventDefault()
    const block = parseBlock(event.clipboardData.getData("text/plain"))
    const { top, left } = this.range()
    const isSingle = block.length === 1 && block[0].length === 1
    const cells = isSingle
      ? this.positionsInRange().map(([line, col]) => [line, col, block[0][0]])
      : block.flatMap((texts, i) => texts.map((text, j) => [top + i, left + j, text]))
    const changes = cells.map(([line, col, text]) => ({ row: this.rowAt(line), column: this.data.columns[col], text: text.trim() }))
    const editable = changes.filter(({ column }) => column?.editable)
    this.edit(editable)
    this.send("pasted", { cells: changes.length, skipped: changes.length - editable.length })
  }

  rowAt(line) {
    // The row id of a line; a line past the last one gets the number of a new line.
    const lines = this.lines
    return lines[line]?.rowId ?? Math.min(this.data.next, lines[lines.length - 1].rowId) - (line - lines.length) - 1
  }

  // ---- whole rows and columns

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
    // Start from the order last requested: the server may not have answered the previous click yet.
    const sort = this.requestedSort ?? this.data.sort
    const current = sort.find((item) => item.replace(/^-/, "") === name)
    const next = !current ? [name] : current.startsWith("-") ? [] : [`-${name}`]
    this.requestedSort = add ? [...sort.filter((item) => item !== current), ...next] : next
    this.send("sort", this.requestedSort)
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
  // Text from a spreadsheet: tabs between cells, one line per row. A quote opens a cell only if it closes before a tab,
  // a line end or the end; any other quote is text.
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "")
  const quotedCell = /"((?:[^"]|"")*)"(?=[\t\n]|$)/y
  const plainCell = /[^\t\n]*/y
  const rows = [[]]
  for (let at = 0; ; at++) {
    quotedCell.lastIndex = plainCell.lastIndex = at
    const [whole, inside] = quotedCell.exec(source) ?? plainCell.exec(source)
    rows.at(-1).push(inside === undefined ? whole : inside.replaceAll('""', '"'))
    at += whole.length
    if (at >= source.length) return rows
    if (source[at] === "\n") rows.push([])
  }
}
