// The rows that the browser holds. The server keeps the list of all rows (db/rows/row_list.py); a *line* is an index in
// it, from 0. The browser holds rows near what is shown and asks for others (`neededLines`). After the list come the new
// lines: rows with negative ids, of which the last one is empty.
//
// Grouped rows are in blocks: a header and the lines of one group; the last block has what was added since. An *item* is
// a header or a line, counted from 0: it stands at `item * rowHeight` in the scrolled table.

const CHUNK = 200 // lines asked for at once while scrolling
const MOST_CHUNK = 1000

class GridRows {
  constructor(root) {
    this.root = root
    this.data = null // what the page sent last: columns, sort, filters…
    this.state = null // what the server answered last
    this.ids = new Map() // line -> id
    this.lineOfId = new Map()
    this.known = new Map() // id -> row; `old` when the file has changed since it was read
    this.newLines = []
    this.blocks = []
    this.itemCount = 0
  }

  get listed() {
    return this.state?.count ?? 0
  }

  get lineCount() {
    return this.listed + this.newLines.length
  }

  rowAt(line) {
    return line < this.listed ? this.known.get(this.ids.get(line)) : this.newLines[line - this.listed]
  }

  rowOf(id) {
    return id > 0 ? this.known.get(id) : this.newLines.find((row) => row.id === id)
  }

  lineOf(id) {
    if (id > 0) return this.lineOfId.get(id) ?? -1
    const index = this.newLines.findIndex((row) => row.id === id)
    return index < 0 ? -1 : this.listed + index
  }

  takeRows(state) {
    const isSameList = this.state?.list === state.list && String(this.state.names) === String(state.names)
    if (!isSameList) for (const map of [this.ids, this.lineOfId, this.known]) map.clear()
    else if (state.token !== this.state.token) for (const row of this.known.values()) row.old = true
    const onlyHere = this.newLines.filter(({ id }) => id < state.nextLine) // empty lines that the server does not know yet
    this.state = state
    state.rows.forEach((row, index) => this.hold(state.first + index, row))
    this.newLines = [...state.newLines, ...onlyHere]
    this.layOut()
    return isSameList
  }

  hold(line, row) {
    this.ids.set(line, row.id)
    this.lineOfId.set(row.id, line)
    this.known.set(row.id, row)
  }

  layOut() {
    this.blocks = []
    this.itemCount = 0
    let line = 0
    const add = (section, size) => {
      this.blocks.push({ section, firstLine: line, size, firstItem: this.itemCount, header: section ? 1 : 0 })
      line += size
      this.itemCount += size + (section ? 1 : 0)
    }
    for (const section of this.state.sections) add(section, section.size)
    add(this.data.grouped ? { label: "Nouvelles lignes" } : null, this.lineCount - line)
  }

  itemOf(line) {
    const block = this.blocks.findLast(({ firstLine, size }) => firstLine <= line && size)
    return block ? block.firstItem + block.header + line - block.firstLine : 0
  }

  // The lines among [first, last) that must be asked for: [first, count] or null.
  neededLines(first, last) {
    const isMissing = (line) => {
      const row = this.known.get(this.ids.get(line))
      return !row || row.old
    }
    let [from, to] = [Math.max(0, first), Math.min(last, this.listed)]
    while (from < to && !isMissing(from)) from++
    while (to > from && !isMissing(to - 1)) to--
    return to > from ? [from, Math.min(to - from, MOST_CHUNK)] : null
  }
}
