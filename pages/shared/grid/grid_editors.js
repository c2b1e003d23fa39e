// One editor per kind of value. Each is { element, popup?, value(), focus(first) }, where `first` is the first character
// typed. Its value is always text: the server parses it by the field's type, as it parses pasted text.

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue
    if (name in element && typeof value !== "string") element[name] = value
    else element.setAttribute(name, value)
  }
  element.append(...children.filter((child) => child !== null))
  return element
}

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("œ", "oe").replaceAll("’", "'").toLowerCase().trim()
}

function lineEditor(column, text) {
  const hint = { date: "jj/mm/aaaa", reference: "début du nom" }[column.kind]
  const input = make("input", { class: "editor", type: "text", "aria-label": column.label, autocomplete: "off", placeholder: hint })
  if (column.kind === "number") input.inputMode = "decimal"
  input.value = text
  const focus = (first) => {
    input.focus({ preventScroll: true })
    if (first === undefined) input.setSelectionRange(input.value.length, input.value.length)
    else input.value = first
  }
  return { element: input, value: () => input.value, focus }
}

// A line with a calendar (pages/shared/shell/calendar.js): a button, Alt + ↓ or F4. Ctrl + ; writes today.
function dateEditor(column, text, { commit }) {
  const Calendar = window.PaletteCalendar
  const line = lineEditor(column, text)
  const input = line.element
  const close = () => {
    input.focus({ preventScroll: true }) // before the calendar is hidden: a focus that is lost ends the editing
    calendar.hide()
  }
  const choose = (day) => {
    input.value = day
    commit("stay")
  }
  const calendar = new Calendar(column.label, { choose, close })
  const openCalendar = () => (calendar.isOpen ? close() : calendar.open(input, input.value))
  const onKey = (event) => {
    if (Calendar.opens(event)) openCalendar()
    else if (Calendar.isToday(event)) input.value = Calendar.today()
    else return false
    return true
  }
  const element = make("span", { class: "wrap" }, input, Calendar.button(openCalendar), calendar.element)
  return { element, value: line.value, focus: line.focus, onKey, openCalendar }
}

function textEditor(column, text) {
  const area = make("textarea", { class: "editor popup", rows: "5", "aria-label": column.label })
  area.value = text
  const focus = (first) => {
    area.focus({ preventScroll: true })
    if (first !== undefined) area.value = first
    area.setSelectionRange(area.value.length, area.value.length)
  }
  return { element: area, popup: area, value: () => area.value, focus }
}

function choicesEditor(column, text, { commit }) {
  const chosen = new Set(text.split(" ; ").filter(Boolean))
  const box = make("div", { class: "editor popup boxes", role: "group", "aria-label": column.label })
  for (const label of column.options) {
    const input = make("input", { type: "checkbox", value: label, checked: chosen.has(label) })
    box.append(make("label", {}, input, label))
  }
  const done = make("button", { type: "button", class: "done" }, "Valider")
  done.onclick = () => commit("stay")
  box.append(done)
  const retired = [...chosen].filter((label) => !column.options.includes(label)) // not offered, but kept
  const value = () => [...retired, ...[...box.querySelectorAll("input:checked")].map((input) => input.value)].join(" ; ")
  return { element: box, popup: box, value, focus: () => box.querySelector("input")?.focus({ preventScroll: true }) }
}

// A text input with a list under it: typing narrows the list, arrows move in it, Enter takes the highlighted option. The
// options of a choice are in the column; those of a reference come from the server (`ask`, answered by `suggest`).

class ListEditor {
  constructor(column, text, { commit, ask, id }) {
    Object.assign(this, { column, commit, ask, id, initial: text, index: -1, items: [], typed: false })
    const line = lineEditor(column, text)
    this.input = line.element
    this.list = make("div", { class: "popup list", role: "listbox", id, "aria-label": column.label, hidden: true })
    this.element = make("span", { class: "wrap" }, this.input, this.list)
    this.popup = this.list
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": id })) this.input.setAttribute(name, value)
    this.input.oninput = () => this.onInput()
    this.focus = (first) => {
      line.focus(first)
      this.typed = first !== undefined
      this.find()
    }
  }

  onInput() {
    this.typed = true
    clearTimeout(this.askTimer)
    if (this.ask) this.askTimer = setTimeout(() => this.find(), 120)
    else this.find()
  }

  find() {
    if (this.ask) return this.ask(this.typed ? this.input.value : "")
    const words = this.typed ? fold(this.input.value) : ""
    const starting = this.column.options.filter((label) => fold(label).startsWith(words))
    const containing = this.column.options.filter((label) => !starting.includes(label) && fold(label).includes(words))
    this.show(words ? [...starting, ...containing] : this.column.options)
  }

  suggest({ words, items }) {
    if (words.trim() === (this.typed ? this.input.value.trim() : "")) this.show(items)
  }

  show(items) {
    this.items = items
    this.list.replaceChildren(...items.map((label, index) => this.option(label, index)))
    this.list.hidden = !items.length
    this.input.setAttribute("aria-expanded", String(Boolean(items.length)))
    this.highlight(this.typed ? (this.input.value.trim() ? 0 : -1) : items.indexOf(this.initial))
  }

  option(label, index) {
    const option = make("div", { role: "option", id: `${this.id}-${index}` }, label)
    option.onmousedown = (event) => {
      event.preventDefault()
      event.stopPropagation()
      this.typed = true
      this.index = index
      this.commit("stay")
    }
    return option
  }

  highlight(wantedIndex) {
    this.index = Math.min(wantedIndex, this.items.length - 1)
    ;[...this.list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === this.index)))
    const highlighted = this.list.children[this.index]
    if (highlighted) this.input.setAttribute("aria-activedescendant", highlighted.id)
    else this.input.removeAttribute("aria-activedescendant")
    highlighted?.scrollIntoView({ block: "nearest" })
  }

  onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step || !this.items.length) return false
    this.typed = true
    this.highlight((this.index + step + this.items.length) % this.items.length)
    return true
  }

  value() {
    if (!this.typed) return this.initial
    return this.index >= 0 ? this.items[this.index] : this.input.value
  }
}

function editorFor(column, text, tools) {
  if (column.kind === "date") return dateEditor(column, text, tools)
  if (column.kind === "long") return textEditor(column, text)
  if (column.kind === "choices") return choicesEditor(column, text, tools)
  if (column.kind === "choice" || column.kind === "yesno") return new ListEditor(column, text, { ...tools, ask: null })
  if (column.kind === "reference") return new ListEditor(column, text, tools)
  return lineEditor(column, text)
}
