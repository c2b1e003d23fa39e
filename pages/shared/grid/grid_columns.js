// The columns: their titles, widths, order, and those that stay in sight while one scrolls sideways.

const LINE_WIDTH = 92
const [NARROWEST, WIDEST, WIDEST_FITTED] = [40, 1200, 320]
const LAYOUT_DELAY = 400
const ruler = document.createElement("canvas").getContext("2d")

class GridColumns extends GridView {
  constructor(root) {
    super(root)
    this.widths = {} // CSS pixels of every column shown so far, by field
    this.frozenStyle = make("style")
    this.root.append(this.frozenStyle)
  }

  get layout() {
    return this.ownLayout ?? this.data.layout
  }

  takeLayout(before) {
    const isOther = !before || JSON.stringify(before.layout) !== JSON.stringify(this.data.layout)
    if (isOther) {
      this.ownLayout = { ...this.data.layout, widths: { ...this.data.layout.widths } }
      Object.assign(this.widths, this.ownLayout.widths)
    }
    for (const column of this.data.columns) this.widths[column.name] ??= this.fittedWidth(column, 60)
    this.root.style.setProperty("--lines", String(this.layout.lines))
    this.root.classList.toggle("one-line", this.layout.lines === 1)
    this.root.style.setProperty("--row", `${this.rowHeight}px`)
    return isOther
  }

  changeLayout(change) {
    this.ownLayout = { ...this.layout, ...change }
    clearTimeout(this.layoutTimer)
    this.layoutTimer = setTimeout(() => this.ask({ do: "layout", layout: this.ownLayout }), LAYOUT_DELAY)
    this.showWidths()
    this.renderSoon()
  }

  setWidth(name, width) {
    this.widths[name] = Math.min(WIDEST, Math.max(NARROWEST, Math.round(width)))
    this.changeLayout({ widths: { ...this.layout.widths, [name]: this.widths[name] } })
  }

  fittedWidth(column, least = NARROWEST) {
    const style = getComputedStyle(this.root)
    const measure = (text, weight) => {
      ruler.font = `${weight} ${style.fontSize} ${style.fontFamily}`
      return ruler.measureText(text).width
    }
    const tag = Object.keys(column.tones).length ? 22 : 0
    const lines = [...this.known.values()].flatMap((row) => (row.cells[column.name] ?? "").split("\n"))
    const longest = [...new Set(lines)].sort((a, b) => b.length - a.length).slice(0, 5) // measuring all takes too long
    const texts = longest.map((line) => measure(line, 400) + tag)
    const title = measure(column.label, 600) + (column.required ? 10 : 0) + 28
    return Math.ceil(Math.min(WIDEST_FITTED, Math.max(least, title, ...texts)) + 22)
  }

  fit(name) {
    this.setWidth(name, this.fittedWidth(this.data.columns.find((column) => column.name === name)))
  }

  // ---- columns that stay in sight: as many as name a row, unless the person chose; on a narrow screen, those that leave
  // half of it free

  frozenCount() {
    const wanted = this.layout.frozen ?? this.data.titles
    const most = (this.scroller.clientWidth || window.innerWidth) / 2
    let width = LINE_WIDTH
    for (let index = 0; index < wanted && index < this.data.columns.length; index++) {
      width += this.widths[this.data.columns[index].name]
      if (width > most) return index
    }
    return Math.min(wanted, this.data.columns.length)
  }

  showWidths() {
    const names = this.data.columns.map(({ name }) => name)
    const cols = [LINE_WIDTH, ...names.map((name) => this.widths[name])].map((width) => {
      const col = make("col")
      col.style.width = `${width}px`
      return col
    })
    this.widthsOf.replaceChildren(...cols)
    this.table.style.width = `${LINE_WIDTH + names.reduce((sum, name) => sum + this.widths[name], 0)}px`
    const frozen = this.frozenCount()
    let left = LINE_WIDTH
    const rules = names.slice(0, frozen).map((name, index) => {
      const rule = `tr:not(.group) > :nth-child(${index + 2}) { position: sticky; left: ${left}px }
        tbody td:nth-child(${index + 2}) { z-index: 1 } tbody td.editing:nth-child(${index + 2}) { z-index: 3 } thead th:nth-child(${index + 2}) { z-index: 5 }`
      left += this.widths[name]
      return rule
    })
    rules.push(`tr:not(.group) > :nth-child(${frozen + 1}) { border-right: 2px solid var(--frozen-line) }`)
    this.frozenWidth = left
    this.frozenStyle.textContent = rules.join("\n")
  }

  // ---- titles

  showHead() {
    const all = make("input", { type: "checkbox", "aria-label": "Choisir toutes les lignes" })
    all.onchange = () => this.selectAllRows(all.checked)
    const cells = this.data.columns.map((column) => this.makeHeader(column))
    this.head.replaceChildren(make("tr", {}, make("th", { class: "line", scope: "col" }, all), ...cells))
    this.showWidths()
  }

  makeHeader(column) {
    const rank = this.data.sort.findIndex((name) => name.replace(/^-/, "") === column.name)
    const way = rank < 0 ? null : this.data.sort[rank].startsWith("-") ? "descending" : "ascending"
    const arrow = { ascending: " ↑", descending: " ↓" }[way] ?? ""
    const mark = make("span", { class: "arrow", "aria-hidden": "true" }, arrow + (arrow && this.data.sort.length > 1 ? rank + 1 : ""))
    const required = column.required ? make("span", { class: "required", title: "Obligatoire" }, " *") : null
    const name = make("span", { class: "name" }, column.label, required)
    const button = make("button", { type: "button", class: "title", tabIndex: -1, title: `${column.help}\nCliquer pour trier, glisser pour déplacer.`.trim() }, name, mark)
    button.onclick = (event) => this.sortBy(column.name, event.shiftKey)
    const menu = make("button", { type: "button", class: "menu", tabIndex: -1, "aria-haspopup": "dialog", "aria-label": `Menu de la colonne ${column.label}`, title: "Trier, filtrer, figer, masquer… (Alt + ↓)" }, "▾")
    menu.onclick = () => this.openColumnMenu(column, menu)
    const border = make("span", { class: "border", title: "Glisser pour changer la largeur, double-cliquer pour l’ajuster" })
    const header = make("th", { scope: "col", draggable: true, "data-field": column.name, "aria-sort": way, class: column.align }, button, menu, border)
    header.classList.toggle("filtered", this.data.filters.some((filter) => filter.name === column.name))
    this.moveByDragging(header, column)
    this.resizeByDragging(border, header, column)
    header.oncontextmenu = (event) => {
      event.preventDefault()
      this.openColumnMenu(column, menu)
    }
    return header
  }

  moveByDragging(header, column) {
    const mark = (side) => {
      header.classList.toggle("drop-before", side === "before")
      header.classList.toggle("drop-after", side === "after")
    }
    const names = () => this.data.columns.map(({ name }) => name)
    header.ondragstart = (event) => {
      this.dragged = column.name
      event.dataTransfer.setData("text/plain", column.name)
    }
    header.ondragover = (event) => {
      event.preventDefault()
      if (this.dragged && this.dragged !== column.name) mark(names().indexOf(this.dragged) < names().indexOf(column.name) ? "after" : "before")
    }
    header.ondragleave = () => mark("")
    header.ondragend = () => (this.dragged = null)
    header.ondrop = (event) => {
      event.preventDefault()
      mark("")
      this.moveColumn(event.dataTransfer.getData("text/plain"), column.name)
    }
  }

  resizeByDragging(border, header, column) {
    border.ondblclick = () => this.fit(column.name)
    border.onpointerdown = (event) => {
      if (event.button) return
      event.preventDefault()
      event.stopPropagation()
      header.draggable = false
      border.setPointerCapture(event.pointerId)
      const [start, width] = [event.clientX, this.widths[column.name]]
      border.onpointermove = (move) => this.setWidth(column.name, width + move.clientX - start)
      border.onpointerup = border.onpointercancel = () => {
        border.onpointermove = border.onpointerup = border.onpointercancel = null
        header.draggable = true
      }
    }
  }

  sortBy(name, add) {
    // Start from the order last requested: the server may not have answered the previous click yet.
    const current = (this.requestedSort ?? this.data.sort).find((item) => item.replace(/^-/, "") === name)
    this.sortAs(!current ? name : current.startsWith("-") ? null : `-${name}`, name, add)
  }

  // `wanted`: the column, after « - » to sort downwards; null: no longer by this column. `add`: beside the other columns.
  sortAs(wanted, name, add) {
    const sort = this.requestedSort ?? this.data.sort
    const isOf = (item) => item.replace(/^-/, "") === name
    const next = add && sort.some(isOf) ? sort.flatMap((item) => (isOf(item) ? (wanted ? [wanted] : []) : [item])) : [...(add ? sort : []), ...(wanted ? [wanted] : [])]
    this.requestedSort = next
    this.send("sort", next)
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
