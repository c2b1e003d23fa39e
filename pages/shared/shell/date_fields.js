// Gives each box in which Streamlit takes a day (its placeholder says « jj/mm/aaaa ») a calendar: a button, Alt + ↓ or F4; and
// Ctrl + ; which writes today. Streamlit's own calendar speaks English only (streamlit issue 12699).
// (Write no HTML tag here, not even in a comment: Streamlit's sanitizer would drop the script.)
window.paletteDateFields ??= (() => {
  const FIELD = "input[placeholder='jj/mm/aaaa']"
  const FRAME = "[data-testid=stTextInputRootElement]"
  const LAYER = "[role=dialog], dialog, [data-testid=stPopoverBody]" // a click outside closes it
  const Calendar = window.PaletteCalendar
  const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set
  let opened = null

  function addButtons() {
    for (const input of document.querySelectorAll(FIELD)) {
      const frame = input.closest(FRAME)
      if (frame && !frame.querySelector(".palette-calendar-button")) frame.append(Calendar.button(() => (opened?.input === input ? close() : open(input))))
    }
  }

  function open(input) {
    close()
    const label = input.getAttribute("aria-label") ?? ""
    const choose = (text) => {
      close()
      write(input, text)
    }
    opened = { input, calendar: new Calendar(label, { choose, close: giveUp }) }
    const layer = input.closest(LAYER) ?? document.body
    layer.append(opened.calendar.element)
    opened.calendar.open(input, input.value)
  }

  function giveUp() {
    const { input } = opened
    close()
    input.focus()
  }

  function close() {
    opened?.calendar.hide()
    opened?.calendar.element.remove()
    opened = null
  }

  // As if it had been typed and entered: React hears of a value only by the setter of the element's class.
  function write(input, text) {
    input.focus()
    setValue.call(input, text)
    input.dispatchEvent(new Event("input", { bubbles: true }))
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", keyCode: 13, bubbles: true }))
  }

  function onKey(event) {
    const input = event.target // within the grid it is the grid's own element, which has its own keys
    if (opened && event.key === "Escape") {
      giveUp()
      event.preventDefault()
      return event.stopPropagation()
    }
    if (!(input instanceof HTMLInputElement) || !input.matches(FIELD)) return
    if (Calendar.opens(event)) open(input)
    else if (Calendar.isToday(event)) write(input, Calendar.today())
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  function closeOutside(event) {
    const path = event.composedPath()
    const frame = opened?.input.closest(FRAME)
    if (opened && !path.includes(opened.calendar.element) && !path.includes(frame)) close()
  }

  window.addEventListener("keydown", onKey, true) // before the document's: Escape closes the calendar, not the filters
  document.addEventListener("pointerdown", closeOutside, true)
  document.addEventListener("focusin", closeOutside, true)
  addButtons()
  const observer = new MutationObserver(addButtons)
  observer.observe(document.body, { childList: true, subtree: true })
  return observer
})()
