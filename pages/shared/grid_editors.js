// One editor per kind of value. Each returns { element, value(), focus(first) }; what it gives back is always text: the
// server reads it with the field's own type, as it reads what is pasted, so that there is one way to understand a value.

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

function lineEditor(column, text) {
  const attributes = { class: "editor", type: "text", "aria-label": column.label, autocomplete: "off" }
  if (column.kind === "date") attributes.placeholder = "jj/mm/aaaa"
  if (["integer", "euros"].includes(column.kind)) attributes.inputmode = "decimal"
  const input = make("input", attributes)
  input.value = text
  const focus = (first) => {
    input.focus()
    if (first !== undefined) input.value = first
    else input.select()
  }
  return { element: input, value: () => input.value, focus }
}

function textEditor(column, text) {
  const area = make("textarea", { class: "editor long", rows: "4", "aria-label": column.label })
  area.value = text
  const focus = (first) => {
    area.focus()
    if (first !== undefined) area.value = first
    area.setSelectionRange(area.value.length, area.value.length)
  }
  return { element: area, value: () => area.value, focus }
}

function choiceEditor(column, text, { commit }) {
  const select = make("select", { class: "editor", "aria-label": column.label }, make("option", { value: "" }, ""))
  const labels = column.options.includes(text) || !text ? column.options : [...column.options, text]
  for (const label of labels) select.append(make("option", { value: label }, label))
  select.value = text
  select.onchange = () => commit("stay")
  const focus = (first) => {
    select.focus()
    if (first === undefined) {
      try {
        select.showPicker()
      } catch {
        // a browser that wants a click of its own; the arrows work all the same
      }
    } else {
      const found = labels.find((label) => label.toLowerCase().startsWith(first.toLowerCase()))
      if (found) select.value = found
    }
  }
  return { element: select, value: () => select.value, focus }
}

function choicesEditor(column, text, { commit }) {
  const chosen = new Set(text.split(" ; ").filter(Boolean))
  const box = make("div", { class: "editor boxes", role: "group", "aria-label": column.label })
  for (const label of column.options) {
    const input = make("input", { type: "checkbox", value: label, checked: chosen.has(label) })
    box.append(make("label", {}, input, label))
  }
  const done = make("button", { type: "button", class: "done" }, "Valider")
  done.onclick = () => commit("stay")
  box.append(done)
  const value = () => [...box.querySelectorAll("input:checked")].map((input) => input.value).join(" ; ")
  return { element: box, value, focus: () => box.querySelector("input")?.focus() }
}

function referenceEditor(column, text, { ask, id }) {
  const editor = lineEditor(column, text)
  const list = make("datalist", { id })
  editor.element.setAttribute("list", id)
  const wrap = make("span", { class: "wrap" }, editor.element, list)
  let timer
  editor.element.oninput = () => {
    clearTimeout(timer)
    timer = setTimeout(() => ask(editor.element.value), 150)
  }
  const suggest = (items) => list.replaceChildren(...items.map((item) => make("option", { value: item })))
  return { element: wrap, value: editor.value, focus: editor.focus, suggest }
}

const EDITORS = {
  text: lineEditor,
  date: lineEditor,
  integer: lineEditor,
  euros: lineEditor,
  long: textEditor,
  choice: choiceEditor,
  choices: choicesEditor,
  reference: referenceEditor,
}
