// The grid: a table that behaves like a spreadsheet. It shows what the server sends and never changes a row by itself.
//
// An edit goes into an outbox as { n, row, version, field, text } and stays there, shown as pending, until the server
// says it has dealt with number n. A rerun, a slow network or a lost connection can therefore delay an edit, never
// drop it; and since it names its row by id, sorting or filtering in between cannot move it to another row.
// `version` is that of the row when the person began to type, so that a colleague's change is met, not overwritten.

const DELAY_LOOK = 400
const DELAY_RECOUNT = 5000
const DELAY_LEAVE = 3000
const grids = new WeakMap()

class Grid extends GridInput {
  constructor(root) {
    super(root)
    this.instance = Math.random().toString(36).slice(2)
    this.outbox = []
    this.number = 0
    this.said = 0
    this.undoable = []
    this.adopted = new Map()
    this.leaving = (event) => this.holds() && event.preventDefault()
    window.addEventListener("beforeunload", this.leaving)
    this.clicked = (event) => this.onLink(event)
    document.addEventListener("click", this.clicked, true)
    this.scrolled = () => this.placePopup()
    document.addEventListener("scroll", this.scrolled, true)
    this.looking = setInterval(() => this.look(), DELAY_LOOK)
  }

  destroy() {
    if (this.editing) this.commit(null)
    clearInterval(this.looking)
    clearTimeout(this.recount)
    window.removeEventListener("beforeunload", this.leaving)
    document.removeEventListener("scroll", this.scrolled, true)
    document.removeEventListener("click", this.clicked, true)
  }

  holds() {
    const waits = (row) => row.typed || Object.keys(row.refused ?? {}).length
    return this.outbox.length || this.editing || this.data?.rows.some(waits)
  }

  onLink(event) {
    // Streamlit drops what is said to a page that is being left: leaving waits until everything typed was heard, and
    // nobody looks for colleagues' changes meanwhile.
    const link = event.target.closest?.("a[href]")
    if (!link || link.target === "_blank" || event.ctrlKey || event.metaKey) return
    if (!this.outbox.length || this.lost) this.left = Date.now()
    else {
      event.preventDefault()
      event.stopImmediatePropagation()
      this.leaveBy = link
    }
  }

  leave() {
    const link = this.leaveBy
    this.leaveBy = null
    if (link.isConnected) link.click()
    else location.assign(link.href)
  }

  isLeaving() {
    return Date.now() - (this.left ?? 0) < DELAY_LEAVE
  }

  // ---- what the server says

  receive({ data, setStateValue }) {
    this.setState = setStateValue
    const before = this.data
    if (String(data.sort) === String(this.wanted)) this.wanted = null
    if (data.instance === this.instance) this.outbox = this.outbox.filter((edit) => edit.n > data.done)
    if (this.editing && before && data.turn !== before.turn) this.deferred = data // the rows stay put while somebody types
    else this.show(data)
    if (data.suggestions) this.editing?.editor.suggest?.(data.suggestions)
    this.placePopup()
    this.token = Math.max(this.token ?? 0, data.token)
    if (this.sheet && this.sheet !== data.sheet) this.startOver(before)
    this.sheet = data.sheet
    if (this.unheard) this.flush()
    if (this.leaveBy && !this.outbox.length) this.leave()
    clearTimeout(this.recount)
    if (data.late) this.recount = setTimeout(() => this.send("seen", data.token), DELAY_RECOUNT)
  }

  show(data) {
    this.data = data
    if (this.turn === data.turn) this.showChanges()
    else this.keepPlace(() => this.showAll())
    this.addEmptyLine()
    this.showAround()
  }

  showDeferred() {
    const data = this.deferred
    this.deferred = null
    if (data) this.show(data)
  }

  keepPlace(draw) {
    // The same cell stays active after a sort or a filter, if it is still there; and the focus on a group's button.
    const group = this.root.getRootNode().activeElement?.group
    const old = this.active && this.cellAt(...this.active)
    const [row, field] = [old?.closest("tr").rowId, old?.dataset.field]
    const focused = Boolean(old?.matches(":focus"))
    draw()
    const line = this.lines.findIndex((tr) => tr.rowId === row)
    const first = Math.max(0, this.data.columns.findIndex((column) => column.editable))
    const place = this.data.columns.findIndex((column) => column.name === field)
    this.setActive(Math.max(0, line), place < 0 ? first : place, focused)
    if (group) [...this.table.querySelectorAll(".fold")].find((fold) => fold.group === group)?.focus()
  }

  adopt(row) {
    super.adopt(row)
    this.adopted.set(row.was, row.id)
    for (const edit of this.outbox) if (edit.row === row.was) edit.row = row.id
    if (this.editing?.row === row.was) Object.assign(this.editing, { row: row.id, version: row.version })
  }

  dropRow(id, tr) {
    if (this.editing?.row === id) this.commit(null) // the server will say that the row is gone, and what was typed
    super.dropRow(id, tr)
  }

  // ---- what the grid says

  send(name, value) {
    this.setState(name, { value, n: ++this.said, instance: this.instance })
  }

  post(row, field, text, version) {
    this.outbox.push({ n: ++this.number, row, version, field, text })
  }

  flush() {
    this.unheard = false
    this.send("edits", { sheet: this.sheet, edits: this.outbox.slice() })
    this.showStatus()
  }

  startOver(before) {
    // Another server answers: it has what was saved, and gets again what was not (lines begun, texts refused).
    const sent = new Set(this.outbox.map((edit) => `${edit.row} ${edit.field}`))
    for (const row of before.rows) {
      const texts = row.id < 0 ? Object.entries(row.typed ?? {}) : Object.entries(row.refused ?? {}).map(([field, cell]) => [field, cell.text])
      for (const [field, text] of texts) if (!sent.has(`${row.id} ${field}`)) this.post(row.id, field, text, row.version ?? 0)
    }
    this.unheard = this.outbox.length > 0
  }

  pendingOf(row, field) {
    return this.outbox.findLast((edit) => edit.row === row && edit.field === field)
  }

  textOf(row, field) {
    const shown = this.rows.get(row)?.row
    return this.pendingOf(row, field)?.text ?? shown?.refused?.[field]?.text ?? shown?.cells[field] ?? ""
  }

  versionOf(row) {
    return this.rows.get(row)?.row?.version ?? 0
  }

  // ---- what a colleague changed: ask for the file's change number, and for a rerun only when it moved

  async look() {
    if (document.visibilityState !== "visible" || !this.data) return
    if (window.paletteDialogIsOpen?.()) return // a rerun would close the form (pages/shared/shell/menu.js)
    try {
      const answer = await fetch(new URL("changes", document.baseURI), { cache: "no-store" })
      const token = Number(await answer.text())
      this.setLost(!answer.ok)
      if (token > this.token && !this.isLeaving()) {
        this.token = token
        this.send("seen", token)
      }
    } catch {
      this.setLost(true)
    }
  }

  setLost(lost) {
    if (this.lost === lost) return
    this.lost = lost
    this.showStatus()
  }
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
