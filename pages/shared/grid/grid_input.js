// Keyboard, mouse and touch. Every change of a cell goes through `edit`, which puts it in the outbox.

const MOVES = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }
const MOVES_AFTER_COMMIT = { down: [1, 0], up: [-1, 0], stay: [0, 0] }
const SCROLL_STEP = 24

class GridInput extends GridMenus {
  constructor(root) {
    super(root)
    this.undoable = []
    this.redoable = []
    const on = (name, handle) => this.table.addEventListener(name, handle.bind(this))
    on("keydown", this.onKey)
    on("mousedown", this.onMouseDown)
    on("dblclick", this.onDoubleClick)
    on("copy", this.onCopy)
    on("cut", this.onCut)
    on("paste", this.onPaste)
    on("contextmenu", this.openCellMenu)
    this.search.addEventListener("input", () => {
      clearTimeout(this.searchTimer)
      this.searchTimer = setTimeout(() => this.send("search", this.search.value), 200)
    })
  }

  // ---- editing one cell

  startEditing(td, first) {
    const row = td.closest("tr").rowId
    const column = this.data.columns[td.cellIndex - 1]
    if (!column.editable || this.editing || row === undefined) return
    const text = this.textOf(row, column.name)
    const tools = { commit: (move) => this.editing && this.commit(move), ask: (words) => this.suggest(column.name, words), id: `list-${this.instance}` }
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
    const [line, col] = this.positionOf(td)
    if (value !== text) this.edit([{ row, column, text: value, version }])
    if (move === "next" || move === "previous") this.moveByTab(line, col, move === "next" ? 1 : -1)
    else if (move !== null) this.setActive(line + MOVES_AFTER_COMMIT[move][0], col + MOVES_AFTER_COMMIT[move][1])
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
    const shown = this.rowOf(row)
    if (shown) this.fillCell(td, shown, column)
    this.showHandle()
    this.keep()
    if (refocus) td.focus({ preventScroll: true })
  }

  // Write cells as one edit. `kept`: where the texts before go, to take the edit back or do it again.
  edit(changes, kept = this.undoable) {
    const effective = changes.filter(({ row, column, text }) => column.editable && text !== this.textOf(row, column.name))
    if (!effective.length) return
    kept.push(effective.map(({ row, column, version }) => ({ row, column, text: this.textOf(row, column.name), version: version ?? this.versionOf(row) })))
    if (kept === this.undoable && !this.redoing) this.redoable = []
    for (const { row, column, text, version } of effective) this.post(row, column.name, text, version ?? this.versionOf(row))
    this.flush()
    for (const { row, column } of effective) this.refill(row, column.name)
    this.addEmptyLine()
  }

  addEmptyLine() {
    // Add the next empty line without waiting for the server: text typed quickly below must not land in the new line.
    const last = this.newLines.at(-1)
    if (!last || !this.outbox.some((edit) => edit.row === last.id)) return
    this.newLines.push({ id: Math.min(last.id, this.state.nextLine) - 1, cells: {}, version: 0 })
    this.layOut()
    this.render()
  }

  // Sent with the version of the edit: the server takes it back unless a colleague changed the cell since.
  undo() {
    const last = this.undoable.pop()
    if (last) this.edit(this.adoptedRows(last), this.redoable)
  }

  redo() {
    const last = this.redoable.pop()
    this.redoing = true
    if (last) this.edit(this.adoptedRows(last), this.undoable)
    this.redoing = false
  }

  adoptedRows(changes) {
    return changes.map((change) => ({ ...change, row: this.adopted.get(change.row) ?? change.row }))
  }

  // ---- keyboard

  onKey(event) {
    if (event.isComposing || event.target.closest(".box")) return
    if (this.editing) return this.onEditorKey(event)
    if (event.target.closest("thead")) return this.onTitleKey(event)
    const td = event.target.closest("td[data-field]")
    if (!td) return
    const [line, col] = this.positionOf(td)
    const column = this.data.columns[col]
    const command = event.ctrlKey || event.metaKey
    const isHandled = command ? this.onCommand(event, line, col) : this.onPlainKey(event, td, line, col, column)
    if (event.key !== "Tab" && event.key !== "Shift") this.mayLeave = event.key === "Escape"
    if (isHandled) event.preventDefault()
  }

  onPlainKey(event, td, line, col, column) {
    const id = td.closest("tr").rowId
    const ofDate = column.kind === "date" && column.editable
    const move = MOVES[event.key]
    const page = Math.max(1, Math.floor((this.scroller.clientHeight - this.head.offsetHeight) / this.rowHeight) - 1)
    if (ofDate && PaletteCalendar.opens(event)) {
      this.startEditing(td)
      this.editing?.editor.openCalendar()
    } else if (event.altKey && event.key === "ArrowDown") this.startEditing(td) // opens the list
    else if (event.key === "ArrowUp" && !event.shiftKey && line === 0) this.focusTitle(col)
    else if (move) this.go(move[0], move[1], event.shiftKey)
    else if (event.key === "PageDown" || event.key === "PageUp") this.go(event.key === "PageDown" ? page : -page, 0, event.shiftKey)
    else if (event.key === "Home") this.goTo([this.cornerOf(event)[0], 0], event.shiftKey)
    else if (event.key === "End") this.goTo([this.cornerOf(event)[0], this.lastColumn], event.shiftKey)
    else if (event.key === "Tab") return !this.mayLeave && this.moveByTab(line, col, event.shiftKey ? -1 : 1)
    else if (event.key === "Enter" || event.key === "F2") this.startEditing(td)
    else if (event.key === "Delete" || event.key === "Backspace") this.clearRange()
    else if (event.key === "Escape") this.setActive(line, col)
    else if (event.key === " " && event.shiftKey) id > 0 && this.toggleRow(id)
    else if (event.key === " " && column.kind === "yesno") this.toggleYesNo(id, column)
    else if (event.key.length === 1 && !event.altKey) this.startEditing(td, event.key)
    else if (["Dead", "Process"].includes(event.key)) this.startEditing(td, "") // a dead key such as « ^ » is composed in the editor
    else return false
    return !["Dead", "Process"].includes(event.key)
  }

  // Keys with Ctrl (or ⌘). Copy, cut and paste come as events of the clipboard.
  onCommand(event, line, col) {
    const move = MOVES[event.key]
    const key = event.key.toLowerCase()
    const column = this.data.columns[col]
    const id = this.rowAt(line)?.id
    if (move) this.goToEdge(move, event.shiftKey)
    else if (key === "home") this.goTo([0, 0], event.shiftKey)
    else if (key === "end") this.goTo([Math.max(0, this.listed - 1), this.lastColumn], event.shiftKey)
    else if (key === "a") this.selectAllCells()
    else if (key === "d") this.fill("down")
    else if (key === "r") this.fill("right")
    else if (key === "y" || (key === "z" && event.shiftKey)) this.redo()
    else if (key === "z") this.undo()
    else if (key === "enter") id > 0 && this.send("open", id)
    else if (PaletteCalendar.isToday(event)) column.kind === "date" && this.edit([{ row: id, column, text: PaletteCalendar.today() }])
    else return false
    return true
  }

  cornerOf(event) {
    return event.shiftKey ? this.corner : this.active
  }

  goTo(place, extend) {
    if (extend) this.extendTo(...place)
    else this.setActive(...place)
  }

  go(down, right, extend) {
    const [line, col] = extend ? this.corner : this.active
    this.goTo([line + down, col + right], extend)
  }

  // Tab moves to the next cell, at the end of a line to the next line. At the ends, and after Escape, it leaves the grid.
  moveByTab(line, col, step) {
    const place = line * (this.lastColumn + 1) + col + step
    if (place < 0 || place >= this.lineCount * (this.lastColumn + 1)) return false
    this.setActive(Math.floor(place / (this.lastColumn + 1)), place % (this.lastColumn + 1))
    return true
  }

  // Select all saved rows; the active cell and the place in the grid stay.
  selectAllCells() {
    const { scrollTop, scrollLeft } = this.scroller
    this.setActive(0, 0)
    this.extendTo(Math.max(0, this.listed - 1), this.lastColumn, false)
    Object.assign(this.scroller, { scrollTop, scrollLeft })
  }

  async goToEdge([down, right], extend) {
    const [line, col] = extend ? this.corner : this.active
    if (right) {
      const filled = this.data.columns.map(({ name }) => Boolean(this.textOf(this.rowAt(line).id, name)))
      return this.goTo([line, edgeOf(filled, col, right)], extend)
    }
    if (line >= this.listed) return this.goTo([down > 0 ? this.lineCount - 1 : Math.max(0, this.listed - 1), col], extend)
    const answer = await this.ask({ do: "edge", field: this.data.columns[col].name, line, step: down })
    if (answer) this.goTo([answer.line, col], extend)
  }

  toggleYesNo(id, column) {
    this.edit([{ row: id, column, text: this.textOf(id, column.name) === "Oui" ? "Non" : "Oui" }])
  }

  // The titles: arrows move among them, Enter sorts, Alt + ↓ opens the menu, ↓ goes back to the cells.
  focusTitle(col) {
    const title = this.head.rows[0]?.cells[col + 1]?.querySelector(".title")
    this.reveal(this.active[0], col)
    title?.focus({ preventScroll: true })
    return true
  }

  onTitleKey(event) {
    const header = event.target.closest("th[data-field]")
    if (!header) return
    const col = header.cellIndex - 1
    if (event.key === "ArrowDown" && event.altKey) header.querySelector(".menu").click()
    else if (event.key === "ArrowDown" || event.key === "Escape") this.setActive(this.active?.[0] ?? 0, col)
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") this.focusTitle(Math.min(Math.max(0, col + (event.key === "ArrowLeft" ? -1 : 1)), this.lastColumn))
    else return
    event.preventDefault()
  }

  onEditorKey(event) {
    const { editor, column } = this.editing
    if (event.key === "Escape") this.cancel()
    else if (editor.onKey?.(event)) this.positionPopup()
    else if (event.key === "Enter" && !(column.kind === "long" && event.shiftKey) && !event.target.matches("button")) this.commit(event.shiftKey ? "up" : "down")
    else if (event.key === "Tab") this.commit(event.shiftKey ? "previous" : "next")
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  // ---- mouse and touch

  onMouseDown(event) {
    const td = event.target.closest("td[data-field]")
    if (!td || this.editing?.td === td || event.button) return
    event.preventDefault()
    this.closeBox()
    if (this.editing) this.commit(null)
    const hadFocus = td.isConnected && td.matches(":focus")
    const touch = matchMedia("(pointer: coarse)").matches
    if (event.shiftKey && this.active) {
      this.extendTo(...this.positionOf(td), false)
      this.cellAt(...this.active)?.focus({ preventScroll: true })
    } else this.setActive(...this.positionOf(td))
    if (hadFocus && touch) return this.startEditing(td)
    if (!touch) this.selectByDragging()
  }

  selectByDragging() {
    let pointer = null
    const extend = () => {
      const cell = pointer && this.cellUnder(pointer)
      if (cell && String(cell) !== String(this.corner)) this.extendTo(...cell, false)
    }
    const move = (event) => {
      pointer = event
      extend()
      this.scrollTowards(event)
    }
    const timer = setInterval(() => pointer && this.scrollTowards(pointer) && extend(), 30)
    const end = () => {
      clearInterval(timer)
      window.removeEventListener("mousemove", move)
    }
    window.addEventListener("mousemove", move)
    window.addEventListener("mouseup", end, { once: true })
  }

  // The cell under the pointer, or the nearest one: [line, column].
  cellUnder({ clientX, clientY }) {
    const box = this.scroller.getBoundingClientRect()
    const x = Math.min(Math.max(clientX, box.left + 2), box.right - 20)
    const y = Math.min(Math.max(clientY, box.top + this.head.offsetHeight + 2), box.bottom - 20)
    const td = this.root.getRootNode().elementFromPoint(x, y)?.closest("td[data-field]")
    return td ? this.positionOf(td) : null
  }

  // Scroll while something is dragged beyond an edge. Returns whether it is.
  scrollTowards({ clientX, clientY }) {
    const box = this.scroller.getBoundingClientRect()
    const away = (at, low, high) => (at < low ? -SCROLL_STEP : at > high ? SCROLL_STEP : 0)
    const [across, down] = [away(clientX, box.left + LINE_WIDTH, box.right), away(clientY, box.top + this.head.offsetHeight, box.bottom)]
    this.scroller.scrollBy(across, down)
    return Boolean(across || down)
  }

  onDoubleClick(event) {
    const td = event.target.closest("td[data-field]")
    if (td && !event.target.closest(".handle")) this.startEditing(td)
  }
}

// Where Ctrl + arrow leads among cells of which some are filled (as `edge` of channel.py).
function edgeOf(filled, at, step) {
  const last = step > 0 ? filled.length - 1 : 0
  if (at === last) return at
  const within = filled[at] && filled[at + step]
  let next = at + step
  while (next !== last && filled[next] === within) next += step
  return within && !filled[next] ? next - step : next
}
