// What is typed in a grid and not saved yet survives a reload, a closed tab, an ended session and a stopped server: it is
// kept in this browser, encrypted (pages/shared/shell/kept_texts.js), and offered above the grid when it is opened again.

class GridKept extends GridInput {
  constructor(root) {
    super(root)
    this.offers = [] // { at, cells }: what was left by an earlier page, until the person answers
    this.offersBox = make("div", { class: "offers", role: "status", hidden: true })
    this.chips.before(this.offersBox)
    this.root.addEventListener("input", () => this.keep(), true)
  }

  get kind() {
    return `grid:${this.data.key}`
  }

  keep() {
    this.keepTimer ??= setTimeout(() => this.keepNow(), 0) // once for all cells of a pasted block
  }

  // Keeps the cells that are not in the file. `held`: those that the server knows, new lines and refused texts, as long
  // as its state of this grid (`sheet`) exists.
  keepNow() {
    clearTimeout(this.keepTimer)
    this.keepTimer = null
    if (!this.data || !window.paletteKept) return
    const cells = new Map()
    const add = (row, field, text, version, held) => cells.set(`${row} ${field}`, { row, field, text, version, held })
    for (const row of [...this.known.values(), ...this.newLines]) {
      const refused = Object.entries(row.refused ?? {}).map(([field, cell]) => [field, cell.text])
      for (const [field, text] of row.id < 0 ? Object.entries(row.typed ?? {}) : refused) add(row.id, field, text, row.version ?? 0, true)
    }
    for (const { row, field, text, version } of this.outbox) add(row, field, text, version, false)
    const { editor, text, row, column, version } = this.editing ?? {}
    if (editor && editor.value() !== text) add(row, column.name, editor.value(), version, false)
    const kept = { sheet: this.state.sheet, cells: [...cells.values()], offers: this.offers }
    const content = JSON.stringify(kept)
    if (content === this.keptContent || (!this.keptContent && !cells.size && !this.offers.length)) return
    this.keptContent = content
    return window.paletteKept.put(this.kind, cells.size || this.offers.length ? kept : null)
  }

  // Called once, with the first data.
  async offerKept() {
    if (!window.paletteKept) return setTimeout(() => this.offerKept(), 200) // the shell's scripts are still to run
    const left = await window.paletteKept.take(this.kind)
    this.offers = left.flatMap(({ at, value }) => [...value.offers, { at, cells: this.unsavedOf(value) }]).filter(({ cells }) => cells.length)
    await this.keepNow()
    for (const { drop } of left) drop()
    this.showOffers()
  }

  // The cells of an earlier page that are neither held by the server nor shown by the grid: they are not saved.
  unsavedOf({ sheet, cells }) {
    const isSame = sheet === this.state.sheet
    const rows = [...this.known.values()]
    const saved = (row) => (isSame && rows.find(({ was }) => was === row)?.id) || row
    const isShown = (id, some) => some.every(({ field, text }) => this.textOf(id, field) === text)
    const unsaved = cells
      .filter((cell) => !(isSame && cell.held) && !isShown(saved(cell.row), [cell]))
      .map((cell) => ({ ...cell, row: saved(cell.row), version: cell.row < 0 ? 1 : cell.version }))
    const ofRow = (row) => unsaved.filter((cell) => cell.row === row)
    return unsaved.filter(({ row }) => row > 0 || !rows.some(({ id }) => isShown(id, ofRow(row))))
  }

  showOffers() {
    this.offersBox.hidden = !this.offers.length
    this.offersBox.replaceChildren(...this.offers.map((offer) => this.makeOffer(offer)))
  }

  makeOffer({ at, cells }) {
    const numeric = { day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" }
    const moment = new Date(at).toLocaleString("fr-FR", numeric).replace(/,? /, " à ")
    const short = (text) => `«\u00a0${text.length > 60 ? `${text.slice(0, 60)}…` : text}\u00a0»`
    const more = cells.length > 3 ? ` et ${cells.length - 3} de plus` : ""
    const texts = cells.slice(0, 3).map(({ text }) => short(text)).join(", ") + more
    const answer = (label, act) => {
      const button = make("button", { type: "button" }, label)
      button.onclick = () => {
        this.offers = this.offers.filter((offer) => offer.cells !== cells)
        act()
        this.keep()
        this.showOffers()
      }
      return button
    }
    const buttons = [answer("Reprendre", () => this.resume(cells)), answer("Jeter", () => {})]
    return make("p", {}, make("b", {}, `Saisies non enregistrées du ${moment}`), `\u00a0: ${texts}`, ...buttons)
  }

  // Sends kept cells as if they were typed now, but with the version that was read then: what a colleague saved since is
  // a conflict. A line that was never saved gets the number of a new line.
  resume(cells) {
    const numbers = new Map()
    let next = Math.min(this.state.nextLine, this.newLines.at(-1)?.id ?? 0)
    for (const { row, field, text, version } of cells) {
      if (row < 0 && !numbers.has(row)) numbers.set(row, next--)
      this.post(numbers.get(row) ?? row, field, text, version)
    }
    this.flush()
  }
}
