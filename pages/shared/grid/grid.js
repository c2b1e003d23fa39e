// The grid in the browser: a table that behaves like a spreadsheet. It shows the rows that the server sends and keeps
// each edit in an outbox until the server acknowledges it. grid.py explains the protocol.

const RETRY_DELAY = 400
const RECOUNT_DELAY = 5000
const REFRESH_DELAY = 50
const LEAVING_TIME = 3000
const MOST_KEPT_ALIVE = 60_000 // bytes of a request that outlives its page, as browsers allow
const grids = new WeakMap()

class Grid extends GridKept {
  constructor(root) {
    super(root)
    this.instance = Math.random().toString(36).slice(2)
    this.outbox = []
    this.number = 0
    this.sequence = 0 // of messages: Streamlit does not report a value that is equal to the previous one
    this.adopted = new Map()
    this.onBeforeUnload = (event) => this.hasUnsaved() && event.preventDefault()
    window.addEventListener("beforeunload", this.onBeforeUnload)
    this.onDocumentClick = (event) => this.onLink(event)
    document.addEventListener("click", this.onDocumentClick, true)
    this.onDocumentScroll = () => this.positionPopup()
    document.addEventListener("scroll", this.onDocumentScroll, true)
    this.onVisible = () => document.visibilityState === "visible" && this.data && this.sync()
    document.addEventListener("visibilitychange", this.onVisible)
    this.pollTimer = setInterval(() => this.poll(), RETRY_DELAY)
  }

  destroy() {
    if (this.editing) this.commit(null)
    this.destroyed = true
    if (this.syncing && this.outbox.length) this.ask({ do: "sync", instance: this.instance, edits: this.outbox.slice(), lines: [0, 1] }) // what came after the request on its way
    clearInterval(this.pollTimer)
    clearTimeout(this.recountTimer)
    clearTimeout(this.refreshTimer)
    this.socket?.close()
    this.resizing.disconnect()
    window.removeEventListener("resize", this.onResize)
    window.removeEventListener("beforeunload", this.onBeforeUnload)
    document.removeEventListener("scroll", this.onDocumentScroll, true)
    document.removeEventListener("click", this.onDocumentClick, true)
    document.removeEventListener("visibilitychange", this.onVisible)
  }

  hasUnsaved() {
    const rows = [...this.known.values(), ...this.newLines]
    return this.outbox.length || this.editing || rows.some((row) => row.typed || Object.keys(row.refused ?? {}).length)
  }

  onLink(event) {
    // Leave once the outbox is empty; meanwhile do not rerun the page for colleagues' changes.
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

  // ---- what the page sends: what is shown, and the state as the answers of /grille hold it

  receive({ data: text, setStateValue }) {
    this.setState = setStateValue
    const before = this.data
    const data = JSON.parse(text)
    const look = ({ state, ...rest }) => JSON.stringify(rest)
    this.data = data
    this.shownAround = data.state.around
    this.shownToken = data.state.token
    if (String(data.sort) === String(this.requestedSort)) this.requestedSort = null
    this.mustShowAll ||= !before || look(before) !== look(data)
    this.takeState(data.state, before)
    if (!before) {
      this.listen()
      this.offerKept()
    }
  }

  takeState(state, before = this.data) {
    const isNewSheet = this.state && this.state.sheet !== state.sheet
    if (this.state && !isNewSheet && state.number <= this.state.number) return
    const unsaved = isNewSheet ? this.unsaved() : []
    if (state.instance === this.instance) this.outbox = this.outbox.filter((edit) => edit.n > state.done)
    const isSameList = this.state?.list === state.list
    // A colleague deleted the row that is typed in: the server will say so, and quote the text.
    if (state.dropped.includes(this.editing?.row)) this.commit(null)
    if (this.editing && this.state && !isSameList && !isNewSheet) this.deferred = state // rows do not move while the person types
    else this.show(state)
    for (const { row, field, text, version } of unsaved) this.post(row, field, text, version)
    this.token = Math.max(this.token ?? 0, state.token)
    this.keep()
    if (unsaved.length || this.mustSync) this.sync()
    if (this.pendingLink && !this.outbox.length) this.leave()
    this.refreshPage()
    clearTimeout(this.recountTimer)
    if (state.late) this.recountTimer = setTimeout(() => this.sync(), RECOUNT_DELAY)
  }

  show(state) {
    for (const row of state.rows) if (row.was && this.newLines.some(({ id }) => id === row.was)) this.adopt(row)
    const isSameList = this.takeRows(state)
    if (this.mustShowAll) this.takeLayout(null)
    if (isSameList && !this.mustShowAll) this.showChanges()
    else this.keepActiveCell(() => (this.mustShowAll ? this.showAll() : this.showList()))
    this.mustShowAll = false
    this.addEmptyLine()
    this.markOpenRow()
    this.showSurroundings()
    this.fitWindow()
    this.readAhead()
  }

  // Another list of rows under the same titles.
  showList() {
    this.trs.clear()
    this.bodies?.clear()
    this.showChanges()
  }

  showDeferred() {
    const state = this.deferred
    this.deferred = null
    if (state) this.show(state)
  }

  adopt(row) {
    super.adopt(row)
    this.adopted.set(row.was, row.id)
    if (this.activeRow === row.was) this.activeRow = row.id
    for (const edit of this.outbox) if (edit.row === row.was) edit.row = row.id
    if (this.editing?.row === row.was) Object.assign(this.editing, { row: row.id, version: row.version })
  }

  // Lines begun and texts refused: a restarted server has all saved values, but not these.
  unsaved() {
    const inOutbox = new Set(this.outbox.map((edit) => `${edit.row} ${edit.field}`))
    return [...this.known.values(), ...this.newLines].flatMap((row) => {
      const texts = row.id < 0 ? Object.entries(row.typed ?? {}) : Object.entries(row.refused ?? {}).map(([field, cell]) => [field, cell.text])
      return texts.filter(([field]) => !inOutbox.has(`${row.id} ${field}`)).map(([field, text]) => ({ row: row.id, field, text, version: row.version ?? 0 }))
    })
  }

  // ---- messages to the page, each of which reruns it

  send(name, value) {
    this.setState(name, { value, n: ++this.sequence, instance: this.instance })
  }

  // Runs the page if what it shows around the grid, or of the row in the panel, is no longer true. Not while it runs: the
  // new run would stop that one, and a button pressed just before could be lost.
  refreshPage() {
    const isBehind = this.state.token > this.shownToken && window.paletteOpenForm?.()
    if (this.state.around === this.shownAround && !isBehind) return
    if (this.hasJustLeft() || window.paletteDialogIsOpen?.()) return // a rerun would close the form (pages/shared/shell/menu.js)
    clearTimeout(this.refreshTimer)
    if (window.paletteScriptRuns?.()) {
      this.refreshTimer = setTimeout(() => this.refreshPage(), REFRESH_DELAY)
      return
    }
    this.shownAround = this.state.around
    this.shownToken = this.state.token
    this.send("seen", this.state.number)
  }

  // ---- requests to /grille (channel.py)

  async ask(message) {
    const body = JSON.stringify({ sheet: this.state.sheet, ...message })
    try {
      const answer = await fetch(new URL("grille", document.baseURI), { method: "POST", body, cache: "no-store", keepalive: body.length < MOST_KEPT_ALIVE })
      if (answer.status === 413) return this.dropTooLong()
      const content = answer.ok ? await answer.json() : { gone: true }
      this.setDisconnected(Boolean(content.gone))
      return content.gone ? null : content
    } catch {
      this.setDisconnected(true)
      return null
    }
  }

  // Text that no server takes would be sent for ever: it is taken back, and is still where it was copied from.
  dropTooLong() {
    this.outbox = []
    this.tell("Trop de texte d’un coup : rien n’en est enregistré. Collez en plusieurs fois.")
    for (const tr of this.trs.values()) if (tr.row) this.fillRow(tr, tr.row)
    return null
  }

  async suggest(field, words) {
    const answer = await this.ask({ do: "suggest", field, words })
    if (answer) this.editing?.editor.suggest?.({ words, items: answer.items })
    this.positionPopup()
  }

  post(row, field, text, version) {
    this.outbox.push({ n: ++this.number, row, version, field, text })
    this.keep()
  }

  flush() {
    this.showStatus()
    this.sync()
  }

  // Send the outbox and read the rows in sight: one request at a time, the next one with what came meanwhile.
  async sync(lines = this.linesInSight()) {
    this.mustSync = false
    if (this.syncing) return (this.mustSync = true)
    this.syncing = true
    const [first, last] = lines
    const answer = await this.ask({ do: "sync", instance: this.instance, edits: this.outbox.slice(), lines: [first, Math.max(1, last - first)] })
    this.syncing = false
    if (answer && !this.destroyed) this.takeState(answer)
    return Boolean(answer)
  }

  // Rows that one will soon scroll to, half a chunk in each direction.
  readAhead() {
    if (this.reading || !this.state) return
    const [first, last] = this.linesInSight()
    const missing = this.neededLines(first, last) ?? this.neededLines(first - CHUNK / 4, last + CHUNK / 4)
    if (!missing) return
    this.reading = true
    const [from, count] = missing
    const start = Math.max(0, from - CHUNK / 4)
    this.readLines(start, from + Math.max(count, CHUNK) - start).then((isRead) => {
      this.reading = false
      if (isRead) this.renderSoon()
    })
  }

  async readLines(first, count) {
    const answer = await this.ask({ do: "sync", instance: this.instance, edits: [], lines: [first, count] })
    if (answer && !this.destroyed) this.takeState(answer)
    return Boolean(answer)
  }

  // Read all lines of a range. Returns whether they are there.
  async load(top, bottom) {
    for (let tries = 0; tries < 200; tries++) {
      const missing = this.neededLines(top, bottom + 1)
      if (!missing) return true
      if (!(await this.readLines(...missing))) return false
    }
    return false
  }

  pendingOf(row, field) {
    return this.outbox.findLast((edit) => edit.row === row && edit.field === field)
  }

  textOf(row, field) {
    const shown = this.rowOf(row)
    return this.pendingOf(row, field)?.text ?? shown?.refused?.[field]?.text ?? shown?.cells[field] ?? ""
  }

  versionOf(row) {
    return this.rowOf(row)?.version ?? 0
  }

  // ---- changes by colleagues: the server pushes the file's change number; without a connection, it is asked for

  listen() {
    if (this.destroyed) return
    const address = new URL("suivi", document.baseURI)
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:"
    this.socket = new WebSocket(address)
    this.socket.onmessage = ({ data }) => this.onToken(Number(data))
    this.socket.onclose = () => setTimeout(() => this.listen(), 10 * RETRY_DELAY)
  }

  onToken(token) {
    if (!(token > this.token) || this.hasJustLeft()) return
    this.token = token
    if (document.visibilityState === "visible") this.sync()
  }

  async poll() {
    if (document.visibilityState !== "visible" || !this.data) return
    this.markOpenRow()
    if (this.outbox.length || this.disconnected) {
      if (!this.syncing) this.sync()
      return
    }
    this.refreshPage()
    if (this.socket?.readyState === WebSocket.OPEN) return
    try {
      const answer = await fetch(new URL("changes", document.baseURI), { cache: "no-store" })
      this.setDisconnected(!answer.ok)
      if (answer.ok) this.onToken(Number(await answer.text()))
    } catch {
      this.setDisconnected(true)
    }
  }

  setDisconnected(lost) {
    if (this.disconnected === lost) return
    this.disconnected = lost
    if (this.state) this.showStatus()
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
