// The time scale of a MAPPI board: months, today, and a line for each path with its steps, which can be dragged.

const DAY = 86_400_000
const PATHS = ["a", "b", "c"]
const TICK_WIDTH = 64 // pixels between the names of two months
const MONTH = new Intl.DateTimeFormat("fr-FR", { month: "short", timeZone: "UTC" })
const LONG_DAY = new Intl.DateTimeFormat("fr-FR", { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" })

const timeOf = (day) => Date.parse(`${day}T00:00:00Z`)
const dayOf = (time) => new Date(Math.round(time / DAY) * DAY).toISOString().slice(0, 10)
const inFull = (day) => LONG_DAY.format(timeOf(day))

function element(tag, properties = {}, ...children) {
  const { data = {}, ...rest } = properties
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(rest)) {
    if (value === false || value === null || value === undefined) continue
    if (name === "class") made.className = value
    else made.setAttribute(name, value === true ? "" : value)
  }
  Object.assign(made.dataset, data)
  made.append(...children.filter((child) => child !== null && child !== ""))
  return made
}

class Scale {
  // `moved(step, day)` is called when a step was dragged to another day.
  constructor(moved, focus) {
    this.moved = moved
    this.focus = focus
    this.root = element("div", { class: "scale" })
    this.resizing = new ResizeObserver(() => this.data && !this.dragged && this.draw())
    this.resizing.observe(this.root)
  }

  show(data) {
    this.data = data
    this.start = timeOf(data.first)
    this.length = timeOf(data.last) - this.start
    this.draw()
  }

  part(day) {
    return (100 * (timeOf(day) - this.start)) / this.length
  }

  draw() {
    const { steps, today, chosen } = this.data
    const used = PATHS.filter((path) => path === chosen || steps.some((step) => step.paths.includes(path)))
    const lanes = used.map((path) => {
      const dots = steps.filter((step) => step.paths.includes(path)).map((step) => this.dot(step))
      const name = element("span", { class: "lane-name" }, path.toUpperCase())
      return element("div", { class: path === chosen ? "lane chosen" : "lane" }, name, element("div", { class: "line" }, ...dots))
    })
    const now = element("div", { class: this.part(today) > 60 ? "now late" : "now" }, element("span", {}, "aujourd’hui"))
    now.style.insetInlineStart = `${this.part(today)}%`
    const words = used.map((path) => {
      const numbers = steps.filter((step) => step.paths.includes(path)).map((step) => step.number)
      return `parcours ${path.toUpperCase()}, ${numbers.length ? `étapes ${numbers.join(", ")}` : "aucune étape"}`
    })
    const picture = { class: "picture", role: "img", "aria-label": `Échelle de temps, du ${inFull(this.data.first)} au ${inFull(this.data.last)} : ${words.join(" ; ")}.` }
    this.root.replaceChildren(element("div", picture, element("div", { class: "ticks" }, ...this.ticks(), now), ...lanes))
  }

  ticks() {
    const first = new Date(this.start)
    const months = this.length / DAY / 30.4
    const room = Math.max(1, (this.root.clientWidth - 40) / TICK_WIDTH)
    const stride = [1, 2, 3, 6, 12, 24, 60, 120].find((one) => months / one <= room) ?? 240
    const found = []
    for (let month = Math.ceil((first.getUTCMonth() + 1) / stride) * stride; ; month += stride) {
      const time = Date.UTC(first.getUTCFullYear(), month, 1)
      if (time > this.start + this.length) return found
      const year = new Date(time).getUTCFullYear()
      const name = (1 - (time - this.start) / this.length) * this.root.clientWidth > TICK_WIDTH ? `${MONTH.format(time)} ${String(year).slice(2)}` : ""
      const tick = element("div", { class: "tick" }, element("span", {}, name))
      tick.style.insetInlineStart = `${(100 * (time - this.start)) / this.length}%`
      found.push(tick)
    }
  }

  // For the pointer only: the list below has the same steps with their buttons, which a keyboard reaches.
  dot(step) {
    const dot = element("div", { class: step.strategic ? "dot strategic" : "dot", title: `${inFull(step.day)} : ${step.text}` }, String(step.number))
    dot.style.insetInlineStart = `${this.part(step.day)}%`
    if (!this.data.frozen) dot.addEventListener("pointerdown", (event) => this.drag(event, dot, step))
    return dot
  }

  drag(event, dot, step) {
    if (event.button) return
    event.preventDefault()
    dot.setPointerCapture(event.pointerId)
    const tip = element("div", { class: "tip" })
    dot.append(tip)
    const line = dot.parentElement.getBoundingClientRect()
    let day = step.day
    this.dragged = true
    const follow = ({ clientX }) => {
      const at = Math.min(1, Math.max(0, (clientX - line.left) / line.width))
      day = Math.abs(clientX - event.clientX) < 4 ? step.day : dayOf(this.start + at * this.length)
      dot.style.insetInlineStart = `${this.part(day)}%`
      tip.textContent = inFull(day)
      tip.classList.toggle("late", at > 0.5)
    }
    const end = (last) => {
      dot.removeEventListener("pointermove", follow)
      this.dragged = false
      const isMoved = last.type === "pointerup" && day !== step.day
      if (isMoved) this.moved(step, day)
      else this.draw()
      if (last.type === "pointerup" && !isMoved) this.focus(step)
    }
    follow(event)
    dot.addEventListener("pointermove", follow)
    dot.addEventListener("pointerup", end, { once: true })
    dot.addEventListener("pointercancel", end, { once: true })
  }

  destroy() {
    this.resizing.disconnect()
  }
}
