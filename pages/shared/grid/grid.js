// The grid in the browser: a table that behaves like a spreadsheet. It shows the rows that the server sends and keeps
// each edit in an outbox until the server acknowledges it. grid.py explains the protocol.

const POLL_INTERVAL = 400
const RECOUNT_DELAY = 5000
const LEAVING_TIME = 3000
const grids = new WeakMap()

class Grid extends GridKept {
  constructor(root) {
    super(root)
    this.instance = Math.random().toString(36).slice(2)
    this.outbox = []
    this.number = 0
    this.sequence = 0 // of messages: Streamlit does not report a value that is equal to the previous one
    this.undoable = []
    this.adopted = new Map()
    this.onBeforeUnload = (event) => this.hasUnsaved() && event.preventDefault()
    window.addEventListener("beforeunload", this.onBeforeUnload)
    this.onDocumentClick = (event) => this.onLink(event)
    document.addEventListener("click", this.onDocumentClick, true)
    this.onDocumentScroll = () => this.positionPopup()
    document.addEventListener("scroll", this.onDocumentScroll, true)
    this.pollTimer = setInterval(() => this.pollChanges(), POLL_INTERVAL)
  }

  destroy() {
    if (this.editing) this.commit(null)
    clearInterval(this.pollTimer)
    clearTimeout(this.recountTimer)
    window.removeEventListener("beforeunload", this.onBeforeUnload)
    document.removeEventListener("scroll", this.onDocumentScroll, true)
    document.removeEventListener("click", this.onDocumentClick, true)
  }

  hasUnsaved() {
    const isUnsaved = (row) => row.typed || Object.keys(row.refused ?? {}).length
    return this.outbox.length || this.editing || this.data?.rows.some(isUnsaved)
  }

  onLink(event) {
    // Streamlit drops the messages of a page that is being left. Delay leaving until the outbox is empty, and do not
    // rerun the page for colleagues' changes meanwhile.
    const link = event.target.closest?.("a[href]")
    if (!link || link.target === "_blank" || event.ctrlKey || event.metaKey) return
    if (!this.outbox.length || this.disconnected) this.leftAt = Date.now()
    else {
      event.preventDefault()
      event.stopImmediatePropagation()
      this.pendingLink = link
    }
  }

  leave() {
    const link = this.pendingLink
    this.pendingLink = null
    if (link.isConnected) link.click()
    else location.assign(link.href)
  }

  hasJustLeft() {
    return Date.now() - (this.leftAt ?? 0) < LEAVING_TIME
  }

  // ---- messages from the server

  receive({ data, setStateValue }) {
    this.setState = setStateValue
    const before = this.data
    if (String(data.sort) === String(this.requestedSort)) this.requestedSort = null
    if (data.instance === this.instance) this.outbox = this.outbox.filter((edit) => edit.n > data.done)
    if (this.editing && before && data.turn !== before.turn) this.deferred = data // rows do not move while the person types
    else this.show(data)
    if (data.suggestions) this.editing?.editor.suggest?.(data.suggestions)
    this.positionPopup()
    if (!before) this.offerKept()
    this.keep()
    this.token = Math.max(this.token ?? 0, data.token)
    if (this.sheet && this.sheet !== data.sheet) this.resendUnsaved(before)
    this.sheet = data.sheet
    if (this.mustFlush) this.flush()
    if (this.pendingLink && !this.outbox.length) this.leave()
    clearTimeout(this.recountTimer)
    if (data.late) this.recountTimer = setTimeout(() => this.send("seen", data.token), RECOUNT_DELAY)
  }

  show(data) {
    this.data = data
    if (this.drawnTurn === data.turn) this.showChanges()
    else this.keepActiveCell(() => this.showAll())
    this.addEmptyLine()
    this.showSurroundings()
  }

  showDeferred() {
    const data = this.deferred
    this.deferred = null
    if (data) this.show(data)
  }

  keepActiveCell(draw) {
    // Keep the same cell active after a sort or a filter, if it is still there, and the focus on a group's button.
    const group = this.root.getRootNode().activeElement?.group
    const old = this.active && this.cellAt(...this.active)
    const [row, field] = [old?.closest("tr").rowId, old?.dataset.field]
    const focused = Boolean(old?.matches(":focus"))
    draw()
    const line = this.lines.findIndex((tr) => tr.rowId === row)
    const first = Math.max(0, this.data.columns.findIndex((column) => column.editable))
    const col = this.data.columns.findIndex((column) => column.name === field)
    this.setActive(Math.max(0, line), col < 0 ? first : col, focused)
    if (group) [...this.table.querySelectorAll(".fold")].find((fold) => fold.group === group)?.focus()
  }

  adopt(row) {
    super.adopt(row)
    this.adopted.set(row.was, row.id)
    for (const edit of this.outbox) if (edit.row === row.was) edit.row = row.id
    if (this.editing?.row === row.was) Object.assign(this.editing, { row: row.id, version: row.version })
  }

  dropRow(id, tr) {
    if (this.editing?.row === id) this.commit(null) // the server will answer that the row is deleted, and quote the text
    super.dropRow(id, tr)
  }

  // ---- messages to the server

  send(name, value) {
    this.setState(name, { value, n: ++this.sequence, instance: this.instance })
  }

  post(row, field, text, version) {
    this.outbox.push({ n: ++this.number, row, version, field, text })
    this.keep()
  }

  flush() {
    this.mustFlush = false
    this.send("edits", { sheet: this.sheet, edits: this.outbox.slice() })
    this.showStatus()
  }

  resendUnsaved(before) {
    // The server was restarted: it has all saved values, but not the unsaved lines and refused texts. Send those again.
    const inOutbox = new Set(this.outbox.map((edit) => `${edit.row} ${edit.field}`))
    for (const row of before.rows) {
      const texts = row.id < 0 ? Object.entries(row.typed ?? {}) : Object.entries(row.refused ?? {}).map(([field, cell]) => [field, cell.text])
      for (const [field, text] of texts) if (!inOutbox.has(`${row.id} ${field}`)) this.post(row.id, field, text, row.version ?? 0)
    }
    this.mustFlush = this.outbox.length > 0
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

  // ---- changes by colleagues: poll the file's change number, and ask for a rerun only when it has grown

  async pollChanges() {
    if (document.visibilityState !== "visible" || !this.data) return
    if (window.paletteDialogIsOpen?.()) return // a rerun would close the form (pages/shared/shell/menu.js)
    try {
      const answer = await fetch(new URL("changes", document.baseURI), { cache: "no-store" })
      const token = Number(await answer.text())
      this.setDisconnected(!answer.ok)
      if (token > this.token && !this.hasJustLeft()) {
        this.token = token
        this.send("seen", token)
      }
    } catch {
      this.setDisconnected(true)
    }
  }

  setDisconnected(lost) {
    if (this.disconnected === lost) return
    this.disconnected = lost
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
