// Copy, cut, paste and fill. Each is one edit, hence one operation of the history, and undone as one.

const MOST_CELLS = 50_000
const EXCEL_EPOCH = 25_569 // days from 30 December 1899, where spreadsheets begin to count, to 1 January 1970

class GridClipboard extends GridSelection {
  constructor(root) {
    super(root)
    this.handle = make("div", { class: "handle", "aria-hidden": "true", title: "Glisser pour recopier ; avec Ctrl, continuer la suite" })
    this.handle.onpointerdown = (event) => this.onHandle(event)
  }

  // ---- copy and cut

  onCopy(event) {
    if (this.editing || !this.active) return
    event.preventDefault()
    const range = this.range()
    if (!this.isLoaded(range)) {
      this.tell("Ces lignes ne sont pas encore toutes lues : recopiez dans un instant.")
      if (range.bottom - range.top <= MOST_LOADED) this.load(range.top, range.bottom)
      return false
    }
    const lines = []
    this.eachCell(range, (row, column, line) => (lines[line - range.top] ??= []).push([this.textOf(row.id, column.name), column.kind]))
    event.clipboardData.setData("text/plain", lines.map((cells) => cells.map(([text, kind]) => quoted(plainText(text, kind))).join("\t")).join("\n"))
    const rows = lines.map((cells) => `<tr>${cells.map(([text, kind]) => htmlCell(text, kind)).join("")}</tr>`)
    event.clipboardData.setData("text/html", `<meta charset="utf-8"><table>${rows.join("")}</table>`)
    return true
  }

  onCut(event) {
    if (!this.editing && this.active && this.onCopy(event)) this.clearRange()
  }

  async clearRange() {
    if (await this.isWritable(this.range())) this.write(this.range(), () => "")
  }

  // Whether the range can be written: not too large, and its rows are loaded. Says why not.
  async isWritable(range) {
    if ((range.bottom - range.top + 1) * (range.right - range.left + 1) > MOST_CELLS) {
      this.tell(`Au plus ${MOST_CELLS.toLocaleString("fr-FR")} cases à la fois ; « Plus › Plusieurs lignes » en change davantage.`)
      return false
    }
    return this.isLoaded(range) || this.load(range.top, range.bottom)
  }

  // Write each cell of a range as one edit. `textFor` gets line and column, and returns undefined to leave a cell alone.
  write(range, textFor) {
    const changes = []
    this.eachCell(range, (row, column, line, col) => {
      const text = textFor(line, col)
      if (text !== undefined) changes.push({ row: row.id, column, text })
    })
    this.edit(changes)
  }

  // ---- paste

  onPaste(event) {
    if (this.editing) return
    event.preventDefault()
    this.pasteText(event.clipboardData.getData("text/plain"))
  }

  async pasteText(text) {
    const block = parseBlock(text)
    const { top, left, bottom, right } = this.range()
    const [height, width] = [block.length, Math.max(...block.map((cells) => cells.length))]
    if (height * width > MOST_CELLS) return this.tell(`Au plus ${MOST_CELLS.toLocaleString("fr-FR")} cases à la fois.`)
    // As in a spreadsheet, a block fills a range that is a multiple of it.
    const repeat = (size, range) => (range % size ? 1 : range / size)
    const [down, across] = [repeat(height, bottom - top + 1), repeat(width, right - left + 1)]
    const lines = height * down
    const listedEnd = Math.min(top + lines, this.listed) - 1
    if (listedEnd >= top && !(await this.isWritable({ top, bottom: listedEnd, left, right: left }))) return
    let next = Math.min(this.state.nextLine, this.newLines.at(-1)?.id ?? 0)
    const idOf = (line) => this.rowAt(line)?.id ?? --next
    const changes = []
    let skipped = 0
    for (let at = 0; at < lines; at++) {
      const cells = block[at % height]
      const id = idOf(top + at)
      for (let index = 0; index < width * across; index++) {
        const column = this.data.columns[left + index]
        const value = cells[index % width]
        if (value === undefined) continue
        if (!column?.editable) skipped += 1
        else changes.push({ row: id, column, text: value.trim() })
      }
    }
    this.edit(changes)
    this.selectRange([top, left], [Math.min(top + lines, this.lineCount) - 1, Math.min(left + width * across - 1, this.lastColumn)])
    this.tellPasted(changes.length, skipped)
  }

  tellPasted(pasted, skipped) {
    const s = pasted > 1 ? "s" : ""
    const left = skipped ? ` ; ${skipped} laissée${skipped > 1 ? "s" : ""} de côté : colonne calculée, ou hors de la grille` : ""
    this.tell(`${pasted.toLocaleString("fr-FR")} cellule${s} collée${s}${left}`)
  }

  // ---- fill

  // Ctrl + D and Ctrl + R: copy the first line (or column) of the range over the others; of one cell, the one before it.
  async fill(step) {
    const range = this.range()
    const isDown = step === "down"
    const isOne = isDown ? range.top === range.bottom : range.left === range.right
    const source = { ...range, ...(isDown ? { top: range.top - Number(isOne) } : { left: range.left - Number(isOne) }) }
    if (source.top < 0 || source.left < 0 || !(await this.isWritable(source))) return
    this.write(range, (line, col) => (isDown ? this.textAt(source.top, col) : this.textAt(line, source.left)))
  }

  textAt(line, col) {
    return this.textOf(this.rowAt(line).id, this.data.columns[col].name)
  }

  // The handle at the corner of the range. With Ctrl, dates and numbers go on as a series.
  showHandle() {
    const { bottom, right } = this.range()
    const td = this.active && !this.editing ? this.cellAt(bottom, right) : null
    if (td && this.handle.parentElement !== td) td.append(this.handle)
    else if (!td) this.handle.remove()
  }

  onHandle(event) {
    if (event.button) return
    event.preventDefault()
    event.stopPropagation()
    const from = this.range()
    this.filling = { from, to: from }
    const move = (moved) => {
      const cell = this.cellUnder(moved)
      if (cell) this.previewFill(cell)
      this.scrollTowards(moved)
    }
    const end = (ended) => {
      window.removeEventListener("pointermove", move)
      window.removeEventListener("pointerup", end)
      const { to } = this.filling
      this.filling = null
      for (const td of this.table.querySelectorAll("td.to-fill")) td.classList.remove("to-fill")
      if (JSON.stringify(from) !== JSON.stringify(to)) this.fillTo(from, to, ended.ctrlKey || ended.metaKey)
    }
    window.addEventListener("pointermove", move)
    window.addEventListener("pointerup", end)
  }

  previewFill([line, col]) {
    const { from } = this.filling
    const [down, across] = [Math.max(line - from.bottom, from.top - line, 0), Math.max(col - from.right, from.left - col, 0)]
    this.filling.to = down >= across
      ? { ...from, top: Math.min(from.top, line), bottom: Math.max(from.bottom, Math.min(line, this.lineCount - 1)) }
      : { ...from, left: Math.min(from.left, col), right: Math.max(from.right, col) }
    const { top, bottom, left, right } = this.filling.to
    for (const tr of this.trs.values()) {
      for (let index = 1; index < tr.cells.length; index++) {
        tr.cells[index].classList.toggle("to-fill", tr.line >= top && tr.line <= bottom && index - 1 >= left && index - 1 <= right)
      }
    }
  }

  async fillTo(from, to, asSeries) {
    if (!(await this.isWritable(to))) return
    const isDown = from.left === to.left && from.right === to.right
    const series = new Map() // one for each line or column that goes on
    const seriesOf = (line, col) => {
      const key = isDown ? col : line
      if (!series.has(key)) {
        const texts = []
        for (let at = isDown ? from.top : from.left; at <= (isDown ? from.bottom : from.right); at++) texts.push(isDown ? this.textAt(at, col) : this.textAt(line, at))
        series.set(key, seriesFrom(texts, isDown && asSeries ? this.data.columns[col].kind : ""))
      }
      return series.get(key)
    }
    const isSource = (line, col) => line >= from.top && line <= from.bottom && col >= from.left && col <= from.right
    this.write(to, (line, col) => (isSource(line, col) ? undefined : seriesOf(line, col)(isDown ? line - from.top : col - from.left)))
    this.selectRange([to.top, to.left], [to.bottom, to.right])
  }
}

// The texts that go on from these, by their index: the same over again, or for days and numbers the next by equal steps.
function seriesFrom(texts, kind) {
  const again = (index) => texts[((index % texts.length) + texts.length) % texts.length]
  const read = { date: readDay, number: (text) => readNumber(text)?.value ?? null }[kind]
  const values = read ? texts.map(read) : [null]
  const step = values.length > 1 ? values[1] - values[0] : 1
  if (values.some((value, index) => value === null || (index && value - values[index - 1] !== step))) return again
  const unit = kind === "number" ? readNumber(texts[0]).unit : ""
  return (index) => (kind === "date" ? writeDay(values[0] + index * step) : writeNumber(values[0] + index * step, unit))
}

// ---- cells as other programs read them

// A number without spaces and unit, so that Excel takes it as a number. Text that looks like a formula stays text.
function plainText(text, kind) {
  const number = kind === "number" && readNumber(text)
  return number ? String(number.value).replace(".", ",") : text
}

function htmlCell(text, kind) {
  const number = kind === "number" && readNumber(text)
  const day = kind === "date" ? readDay(text) : null
  if (number) return `<td align="right" x:num="${number.value}" sdval="${String(number.value).replace(".", ",")}" sdnum="1036;">${escaped(plainText(text, kind))}</td>`
  if (day !== null) return `<td style="mso-number-format:'dd/mm/yyyy'" x:num="${day + EXCEL_EPOCH}" sdval="${day + EXCEL_EPOCH}" sdnum="1036;0;JJ/MM/AAAA">${text}</td>`
  return `<td style="mso-number-format:'\\@'" sdnum="1036;0;@">${escaped(text).replaceAll("\n", "<br>")}</td>`
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
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
