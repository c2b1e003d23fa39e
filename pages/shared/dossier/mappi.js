// The cards of a MAPPI board. mappi_component.py explains the messages. Every gesture has a button that a keyboard
// reaches; the focus stays on the card, and what was done is read out (aria-live).

const mounts = new WeakMap()
const WEEK = 7

class Mappi {
  constructor(root) {
    this.instance = Math.random().toString(36).slice(2)
    this.number = 0
    this.queue = []
    this.status = element("p", { class: "said", role: "status", "aria-live": "polite" })
    this.content = element("div", { class: "content" })
    root.append(this.content, this.status)
    this.scale = new Scale((step, day) => this.ask({ do: "day", card: step.id, day }), (step) => this.focusOn(step.id, "open"))
    root.addEventListener("click", (event) => this.click(event.target.closest("button[data-do]")))
  }

  destroy() {
    this.scale.destroy()
  }

  receive({ data: text, setStateValue }) {
    this.setState = setStateValue
    if (text === this.text) return
    this.text = text
    this.data = JSON.parse(text)
    if (this.data.instance === this.instance && this.data.done >= this.number) {
      this.isWaiting = false
      if (this.data.refused) this.queue = [] // what was asked after it was asked of the board as it was
      if (this.data.said !== this.status.textContent || this.told !== this.data.done) this.status.textContent = this.data.said
      this.told = this.data.done
    }
    this.render()
    this.sendNext()
  }

  // ---- gestures

  ask(gesture) {
    this.queue.push(gesture)
    this.sendNext()
  }

  // One at a time: each names the versions, and the place of the card, as the answer to the one before left them.
  sendNext() {
    if (this.isWaiting || !this.queue.length) return
    const value = this.completed(this.queue.shift())
    if (!value) return this.sendNext()
    this.isWaiting = true
    this.setState("gesture", { value, n: ++this.number, instance: this.instance })
  }

  completed({ by, to, ...gesture }) {
    const list = this.listOf(gesture.card)
    const at = list.findIndex((card) => card.id === gesture.card)
    const card = list[at]
    if (!card) return null
    const version = gesture.do === "strategic" ? this.data.version : card.version
    if (gesture.do === "move") {
      const place = by === undefined ? to : at + by
      const versions = Object.fromEntries(list.map((one) => [one.id, one.version]))
      return place === at || place < 0 || place >= list.length ? null : { ...gesture, place, versions }
    }
    if (by !== undefined) return { ...gesture, version, day: dayOf(timeOf(card.day) + by * WEEK * DAY) }
    return { ...gesture, version }
  }

  listOf(id) {
    const lists = [this.data.obstacles, this.data.drivers, this.data.steps].filter(Boolean)
    return lists.find((list) => list.some((card) => card.id === id)) ?? []
  }

  click(button) {
    if (!button || button.getAttribute("aria-disabled") === "true") return
    const card = Number(button.closest("[data-card]").dataset.card)
    const { do: name, by, path } = button.dataset
    this.focused = { card, key: button.dataset.key }
    this.ask({ do: name, card, ...(by && { by: Number(by) }), ...(path && { path }) })
  }

  // ---- what is shown

  render() {
    const held = this.content.getRootNode().activeElement
    const had = held && this.content.contains(held)
    const place = this.focused && this.listOf(this.focused.card).length ? null : this.placeOf(held)
    this.content.replaceChildren(...(this.data.part === "cards" ? this.cards() : this.path()))
    if (had) this.focused && !place ? this.focusOn(this.focused.card, this.focused.key) : this.focusNear(place)
  }

  focusOn(card, key) {
    const found = this.content.querySelector(`[data-card="${card}"] button[data-key="${key}"]`)
    found?.focus()
    if (found) this.focused = { card, key }
  }

  placeOf(held) {
    const item = held?.closest?.("li[data-card]")
    return item ? { list: item.parentElement.dataset.list, at: [...item.parentElement.children].indexOf(item) } : null
  }

  // The card is gone: the focus goes to the one that took its place, or to the title of the list.
  focusNear(place) {
    const list = place && this.content.querySelector(`[data-list="${place.list}"]`)
    const items = list ? [...list.children] : []
    const item = items[Math.min(place?.at ?? 0, items.length - 1)]
    const target = item?.querySelector("button") ?? this.content.querySelector("h4")
    target?.focus()
  }

  button(card, name, text, more = {}) {
    const { key = name, by, path, disabled = false, pressed = null, title = text } = more
    const data = { do: name, key, ...(by && { by }), ...(path && { path }) }
    return element("button", { type: "button", "aria-label": `${title} : ${card.text}`, "aria-disabled": disabled && "true", "aria-pressed": pressed === null ? null : String(pressed), title, data }, text)
  }

  facts(card) {
    return card.facts.length ? element("p", { class: "facts" }, card.facts.join(" · ")) : null
  }

  tools(card, ...buttons) {
    if (this.data.frozen) return null
    const always = [this.button(card, "open", "Modifier"), this.button(card, "remove", "Supprimer")]
    return element("div", { class: "tools" }, ...buttons.filter(Boolean), ...always)
  }

  cards() {
    const { obstacles, drivers } = this.data
    const explained = ["5 · Formaliser un objectif sur chaque frein", "6 · Prioriser les objectifs"]
    return [
      this.column("Freins", "obstacles", obstacles, explained, "Aucun frein encore : « Ajouter un frein »."),
      this.column("Moteurs", "drivers", drivers, [], "Aucun moteur encore : ce sur quoi la personne peut s’appuyer."),
    ]
  }

  column(title, name, cards, explained, empty) {
    const heading = element("h4", { tabindex: "-1" }, `${title} (${cards.length})`)
    const points = explained.map((text) => element("p", { class: "point" }, text))
    const items = cards.map((card, index) => this.ranked(card, index, cards.length, name))
    const list = items.length ? element("ol", { data: { list: name } }, ...items) : element("p", { class: "empty" }, empty)
    return element("section", { class: `column ${name}` }, heading, ...points, list)
  }

  ranked(card, index, count, name) {
    const objective = card.objective ? element("p", { class: "objective" }, element("b", {}, "Objectif : "), card.objective) : element("p", { class: "objective missing" }, "Pas encore d’objectif")
    const item = element("li", { draggable: this.data.frozen ? null : "true", data: { card: card.id } },
      element("div", { class: "head" }, element("span", { class: "rank", "aria-hidden": "true" }, String(index + 1)), element("p", { class: "text" }, card.text)),
      name === "obstacles" ? objective : null,
      this.facts(card),
      this.tools(card, this.button(card, "move", "Monter", { key: "up", by: -1, disabled: index === 0 }), this.button(card, "move", "Descendre", { key: "down", by: 1, disabled: index === count - 1 })),
    )
    if (!this.data.frozen) this.makeDraggable(item, card, index)
    return item
  }

  makeDraggable(item, card, index) {
    const mark = (where) => {
      item.classList.toggle("drop-before", where === "before")
      item.classList.toggle("drop-after", where === "after")
    }
    const half = (event) => {
      const { top, height } = item.getBoundingClientRect()
      return event.clientY < top + height / 2 ? "before" : "after"
    }
    const isSame = () => this.dragging && this.listOf(this.dragging.id).includes(card)
    item.addEventListener("dragstart", (event) => {
      this.dragging = { id: card.id, at: index }
      event.dataTransfer.effectAllowed = "move"
      event.dataTransfer.setData("text/plain", "")
    })
    item.addEventListener("dragend", () => (this.dragging = null))
    item.addEventListener("dragover", (event) => {
      if (!isSame()) return
      event.preventDefault()
      mark(half(event))
    })
    item.addEventListener("dragleave", () => mark(""))
    item.addEventListener("drop", (event) => {
      mark("")
      if (!isSame()) return
      event.preventDefault()
      const { id, at } = this.dragging
      const place = index + (half(event) === "after") - (at < index + (half(event) === "after"))
      this.focused = { card: id, key: "open" }
      this.ask({ do: "move", card: id, to: place })
    })
  }

  path() {
    const { steps } = this.data
    const points = ["8 · Organiser le parcours autour de cette étape selon l’ordre logique des étapes", "9 · Combler les « inter-étapes » dans une logique d’efficience"]
    const explained = points.map((text) => element("p", { class: "point" }, text))
    if (!steps.length) return [...explained, element("p", { class: "empty" }, "Aucune étape encore : posez d’abord l’étape stratégique, puis ce qui la prépare et ce qui la suit.")]
    this.scale.show(this.data)
    return [...explained, this.scale.root, element("h4", { tabindex: "-1" }, `Étapes (${steps.length})`), element("ol", { class: "steps", data: { list: "steps" } }, ...steps.map((step) => this.step(step)))]
  }

  step(step) {
    const toggles = PATHS.map((path) => this.button(step, "path", path.toUpperCase(), { key: `path-${path}`, path, pressed: step.paths.includes(path), title: `Parcours ${path.toUpperCase()}` }))
    const star = this.button(step, "strategic", step.strategic ? "★ Stratégique" : "☆ Stratégique", { pressed: step.strategic, disabled: step.pointed, title: "Étape stratégique" })
    const group = element("span", { class: "paths", role: "group", "aria-label": "Parcours" }, ...toggles)
    return element("li", { class: step.strategic ? "strategic" : "", data: { card: step.id } },
      element("div", { class: "head" }, element("span", { class: "rank" }, String(step.number)), element("p", { class: "text" }, element("time", { datetime: step.day }, inFull(step.day)), " : ", step.text)),
      this.data.frozen && step.strategic ? element("p", { class: "objective" }, element("b", {}, "★ Étape stratégique")) : null,
      this.facts(step),
      this.tools(step, this.button(step, "day", "Plus tôt", { key: "earlier", by: -1, title: "Plus tôt d’une semaine" }), this.button(step, "day", "Plus tard", { key: "later", by: 1, title: "Plus tard d’une semaine" }), group, star),
    )
  }
}

export default function (component) {
  const root = component.parentElement.querySelector(".palette-mappi")
  if (!mounts.has(root)) mounts.set(root, new Mappi(root))
  const mappi = mounts.get(root)
  mappi.receive(component)
  return () => {
    mappi.destroy()
    mounts.delete(root)
    root.replaceChildren()
  }
}
