// The active cell, which has the focus; the range from it (`active`) to its other corner (`corner`); and the rows ticked.

const MOST_LOADED = 20_000 // lines of a range that are read for its sum, or to copy it

class GridSelection extends GridColumns {
  constructor(root) {
    super(root)
    this.active = null
    this.corner = null
  }

  get lastColumn() {
    return this.data.columns.length - 1
  }

  inside([line, col]) {
    return [Math.min(Math.max(line, 0), this.lineCount - 1), Math.min(Math.max(col, 0), this.lastColumn)]
  }

  setActive(line, col, focus = true) {
    this.active = this.corner = this.inside([line, col])
    this.activeRow = this.rowAt(this.active[0])?.id
    this.activeField = this.data.columns[this.active[1]]?.name
    if (focus) this.root.classList.add("used")
    if (focus) this.reveal(...this.active)
    this.render()
    this.table.querySelector('td[tabindex="0"]')?.setAttribute("tabindex", "-1")
    const td = this.cellAt(...this.active)
    td?.setAttribute("tabindex", "0")
    if (focus) td?.focus({ preventScroll: true })
    this.showHint()
  }

  // Move the other corner of the range; the active cell stays.
  extendTo(line, col, reveal = true) {
    this.corner = this.inside([line, col])
    if (reveal) this.reveal(...this.corner)
    this.render()
  }

  selectRange(from, to) {
    this.setActive(...from)
    this.corner = this.inside(to)
    this.render()
  }

  // Scroll so that a cell is in sight, neither beneath the title row nor beneath the columns that stay.
  reveal(line, col) {
    const item = this.itemOf(line)
    const head = this.headHeight + (this.data.grouped ? this.rowHeight : 0)
    const [top, bottom] = [item * this.rowHeight, (item + 1) * this.rowHeight]
    const { scrollTop, scrollLeft, clientHeight, clientWidth } = this.scroller
    const least = bottom + this.headHeight - clientHeight
    const most = top + this.headHeight - head
    if (scrollTop > most) this.scroller.scrollTop = most
    else if (scrollTop < least) this.scroller.scrollTop = least
    if (col < this.frozenCount()) return
    const left = LINE_WIDTH + this.data.columns.slice(0, col).reduce((sum, { name }) => sum + this.widths[name], 0)
    const right = left + this.widths[this.data.columns[col].name]
    if (scrollLeft > left - this.frozenWidth) this.scroller.scrollLeft = left - this.frozenWidth
    else if (scrollLeft < right - clientWidth) this.scroller.scrollLeft = Math.min(left - this.frozenWidth, right - clientWidth)
  }

  // After a sort or a filter: the same cell stays active if it is still there; a title or a group keeps the focus.
  keepActiveCell(draw) {
    const focused = this.root.getRootNode().activeElement
    const group = focused?.group
    const title = focused?.closest?.("th[data-field]")?.dataset.field
    const hadFocus = Boolean(focused?.matches("td"))
    const [row, field, before] = [this.activeRow, this.activeField, this.active]
    this.active = this.corner = null
    draw()
    const line = row === undefined ? -1 : this.lineOf(row)
    const col = this.data.columns.findIndex((column) => column.name === field)
    const firstEditable = Math.max(0, this.data.columns.findIndex((column) => column.editable))
    if (!before || line < 0) this.scroller.scrollTop = 0
    this.setActive(Math.max(0, line), col < 0 ? firstEditable : col, hadFocus)
    if (title) this.head.querySelector(`th[data-field="${title}"] .title`)?.focus({ preventScroll: true })
    if (group) [...this.table.querySelectorAll(".fold")].find((fold) => fold.group === group)?.focus()
  }

  // ---- the range

  range() {
    const [[a, b], [c, d]] = [this.active ?? [0, 0], this.corner ?? this.active ?? [0, 0]]
    return { top: Math.min(a, c), bottom: Math.max(a, c), left: Math.min(b, d), right: Math.max(b, d) }
  }

  rangeSize() {
    const { top, bottom, left, right } = this.range()
    return (bottom - top + 1) * (right - left + 1)
  }

  isLoaded({ top, bottom }) {
    for (let line = top; line <= bottom; line++) if (!this.rowAt(line)) return false
    return true
  }

  // Call with every [row, column] of a range whose rows are loaded.
  eachCell({ top, bottom, left, right }, act) {
    for (let line = top; line <= bottom; line++) for (let col = left; col <= right; col++) act(this.rowAt(line), this.data.columns[col], line, col)
  }

  showRange() {
    const { top, bottom, left, right } = this.range()
    const isRange = this.rangeSize() > 1
    for (const tr of this.trs.values()) {
      const isIn = isRange && tr.line >= top && tr.line <= bottom
      for (let index = 1; index < tr.cells.length; index++) {
        const on = isIn && index - 1 >= left && index - 1 <= right
        if (tr.cells[index].classList.contains("in-range") === on) continue
        tr.cells[index].classList.toggle("in-range", on)
        tr.cells[index].setAttribute("aria-selected", String(on))
      }
    }
    this.showHandle?.()
    this.showSumsSoon()
  }

  showSumsSoon() {
    clearTimeout(this.sumsTimer)
    this.sumsTimer = setTimeout(() => this.showSums(), 60)
  }

  // « 6 cases · Somme 1 920 € · Moyenne 320 € »: of the cells with numbers of one unit.
  async showSums() {
    const size = this.rangeSize()
    const range = this.range()
    if (size < 2) return setText(this.sums, "")
    const count = `${size.toLocaleString("fr-FR")} cases`
    if (!this.isLoaded(range)) {
      setText(this.sums, count)
      if (range.bottom - range.top > MOST_LOADED || !(await this.load(range.top, range.bottom))) return
      if (JSON.stringify(this.range()) !== JSON.stringify(range)) return
    }
    const numbers = []
    this.eachCell(range, (row, { kind, name }) => {
      const number = kind === "number" && readNumber(this.textOf(row.id, name))
      if (number) numbers.push(number)
    })
    const isOneUnit = new Set(numbers.map(({ unit }) => unit)).size === 1
    if (!isOneUnit) return setText(this.sums, count)
    const total = numbers.reduce((sum, { value }) => sum + Math.round(value * 100), 0) / 100
    const { unit } = numbers[0]
    const mean = total / numbers.length
    setText(this.sums, `${count} · Somme ${writeNumber(total, unit)} · Moyenne ${writeNumber(mean, unit)}`)
  }

  // ---- rows ticked

  onCheck(tr, on, extend) {
    const line = tr.line
    if (extend && this.lastChecked !== undefined) this.selectLines(Math.min(line, this.lastChecked), Math.max(line, this.lastChecked), on)
    else this.toggleRow(tr.rowId, on)
    this.lastChecked = line
  }

  toggleRow(id, on = !this.selected.has(id)) {
    this.selectRows([...this.selected, id].filter((item) => item !== id || on))
  }

  async selectLines(first, last, on) {
    const answer = await this.ask({ do: "ids", first, last: last + 1 })
    if (!answer) return
    const ids = new Set(answer.ids)
    this.selectRows(on ? [...this.selected, ...ids] : [...this.selected].filter((id) => !ids.has(id)))
  }

  async selectAllRows(on) {
    const answer = on ? await this.ask({ do: "ids", first: 0, last: this.listed }) : { ids: [] }
    if (answer) this.selectRows(answer.ids)
  }

  selectRows(ids) {
    this.selected = new Set(ids)
    for (const tr of this.trs.values()) {
      const on = this.selected.has(tr.rowId)
      const check = tr.querySelector('th input[type="checkbox"]')
      if (check) check.checked = on
      tr.classList.toggle("chosen", on)
      tr.setAttribute("aria-selected", String(on))
    }
    this.showCounts()
    this.send("selected", [...this.selected])
  }
}

// ---- numbers and days as the cells show them: « 1 234,50 € », « 45 min », « 06/03/2026 »

const NUMBER = /^(-?[\d\s\u00a0\u202f]+(?:,(\d+))?)\s*(\D*)$/

function readNumber(text) {
  const [, digits, decimals, unit] = NUMBER.exec(text.trim()) ?? []
  if (digits === undefined) return null
  return { value: Number(digits.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".")), decimals: decimals?.length ?? 0, unit: unit.trim() }
}

function writeNumber(value, unit) {
  const isEuro = unit === "€"
  const decimals = Number.isInteger(Number(value.toFixed(isEuro ? 2 : 1))) ? 0 : isEuro ? 2 : 1
  const number = value.toLocaleString("fr-FR", { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
  return unit ? `${number}\u00a0${unit}` : number
}

function readDay(text) {
  const [, day, month, year] = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(text.trim()) ?? []
  return day ? Date.UTC(Number(year), Number(month) - 1, Number(day)) / 86_400_000 : null
}

function writeDay(days) {
  const day = new Date(days * 86_400_000)
  const two = (number) => String(number).padStart(2, "0")
  return `${two(day.getUTCDate())}/${two(day.getUTCMonth() + 1)}/${day.getUTCFullYear()}`
}
