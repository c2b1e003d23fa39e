// The keys of a form (pages/shared/form), in a dialog, in the panel beside a grid or in the page: the first field has the
// focus when it opens; Tab goes from field to field; Ctrl + Enter saves; Escape gives up, which asks first if something was
// written; Alt + Page Up and Page Down go to the rows beside the one in the panel.
// (Write no HTML tag here, not even in a comment: Streamlit's sanitizer would drop the script.)
window.paletteFormKeys ??= (() => {
  const FORM = "[class*='st-key-editing-']"
  const PANEL = ".st-key-side_panel"
  const DIALOG = "[data-testid=stDialog]"
  const STEPS_PAGE = ".st-key-intake-step" // a form in the page that follows another one (pages/shared/intake)
  const MENU = "[data-testid=stPopoverBody]"
  const FIELD = "[class*='st-key-form-']"
  const FIELD_NAME = /st-key-form-\w+-\w+-(\w+)(?![\w-])/
  const CONTROL = "input, textarea, [role=radio][tabindex='0']"
  const NOT_A_FIELD = "[data-testid=stWidgetLabel] button, [data-testid=stMultiSelect] [data-tag], button[aria-label='Vider']"
  const LOADING = "[data-testid=stSkeleton]" // the first time, the browser fetches the code of a widget
  const NAMES = { previous: "Ligne précédente", next: "Ligne suivante", close: "Fermer" }
  const STEPS = { PageUp: "previous", PageDown: "next" }
  const MENU_LINK = "[data-testid=stSidebarNav] a"
  const SENT_AFTER = 400
  let hasTyped = false // in the box that has the focus
  let textLeftAt = -Infinity
  let left // the name of the field that has, or had last, the focus, unless it went elsewhere since
  let rowBeside = null // the row in the panel
  let reloaded = null // the button that shows its new version, once it was pressed
  let cameFrom = null // what had the focus before the panel opened

  // ---- the parts of a form

  // The button whose key ends so: « save », « cancel »…
  function button(form, name) {
    const parts = form.querySelectorAll(`[class*='-${name}']`)
    return [...parts].find((part) => [...part.classList].some((key) => key.startsWith("st-key-") && key.endsWith(`-${name}`)))?.querySelector("button")
  }

  const keyOf = (form) => form.className.match(/st-key-editing-([\w-]+)/)[1]
  const nameOf = (control) => control.closest(FIELD)?.className.match(FIELD_NAME)?.[1]
  const isOf = (key) => (control) => control.closest(FIELD)?.className.includes(`st-key-${key}-`)

  // The form that the keys are for: the one that has the focus, or that of a dialog or panel without any focus elsewhere.
  function formOf(target) {
    const inside = target.closest?.(FORM)
    const dialog = document.querySelector(DIALOG)
    if (inside || dialog) return inside ?? dialog.querySelector(FORM)
    return target === document.body || target.closest?.(PANEL) ? document.querySelector(`${PANEL} ${FORM}`) : null
  }

  // ---- what opens

  function refresh() {
    const forms = document.querySelectorAll(FORM)
    for (const form of forms) {
      for (const one of form.querySelectorAll(NOT_A_FIELD)) one.tabIndex = -1
      describe(form)
      greet(form)
    }
    const panel = document.querySelector(PANEL)
    if (panel) refreshPanel(panel)
    else if (rowBeside) goBack()
  }

  // The help of a field becomes its description; Streamlit shows it only to a mouse, or to who tabs to its icon.
  function describe(form) {
    for (const help of form.querySelectorAll(".form-help [data-field]:not([id])")) {
      help.id = `help-${keyOf(form)}-${help.dataset.field}`
    }
    for (const control of form.querySelectorAll("input, textarea, [role=radiogroup]")) {
      const help = form.querySelector(`.form-help [data-field="${nameOf(control)}"]`)
      if (help && !control.hasAttribute("aria-describedby")) control.setAttribute("aria-describedby", help.id)
    }
  }

  // Gives the focus to a form that has just opened, to the question about a draft, or to the one about leaving. The boxes
  // of the former row may still be there while those of the next one come.
  function greet(form) {
    const layer = form.closest(`${DIALOG}, ${PANEL}, ${STEPS_PAGE}`)
    const asking = button(form, "stay") ?? button(form, "resume")
    const controls = [...form.querySelectorAll(CONTROL)]
    const isReady = asking || (controls.length && button(form, "save") && controls.every(isOf(keyOf(form))) && !form.querySelector(LOADING))
    const state = `${keyOf(form)} ${asking ? "asks" : "open"}`
    if (!layer || !isReady || form.dataset.greeted === state) return
    form.dataset.greeted = state
    if (!layer.matches(PANEL) || asking || mayTakeFocus(layer, form)) {
      const again = !layer.matches(STEPS_PAGE) && controls.find((control) => nameOf(control) === left)
      const target = asking ?? (again || controls[0])
      target.focus()
    }
  }

  // The panel leaves the focus where it is when one goes from row to row by its buttons, and when it shows the row that it
  // showed already, saved or changed in the grid.
  function mayTakeFocus(panel, form) {
    const active = document.activeElement
    const row = keyOf(form).replace(/_\d+$/, "")
    const isNew = row !== rowBeside
    rowBeside = row
    if (panel.contains(active)) return form.contains(active)
    if (active === document.body) return true
    if (isNew) cameFrom = active
    return isNew
  }

  function refreshPanel(panel) {
    panel.setAttribute("role", "region")
    panel.setAttribute("aria-label", "Ligne ouverte")
    for (const [key, name] of Object.entries(NAMES)) panel.querySelector(`${PANEL}-${key} button`)?.setAttribute("aria-label", name)
    // The row was saved elsewhere, in the grid for instance, and nothing is written here.
    const reload = document.querySelector(`${PANEL}-reload button`)
    if (reload && !hasTyped && reload !== reloaded) (reloaded = reload).click()
  }

  // The panel was closed: the focus goes back to the grid.
  function goBack() {
    if (document.activeElement === document.body && cameFrom?.isConnected) {
      const cell = cameFrom.shadowRoot?.querySelector("td[tabindex='0']")
      ;(cell ?? cameFrom).focus()
    }
    rowBeside = cameFrom = null
  }

  // ---- keys

  // Presses a button as a mouse does: the box that has the focus is left first, so that Streamlit takes what is typed.
  function press(button) {
    const active = document.activeElement
    active.blur()
    button.click()
    active.focus()
  }

  function onKey(event) {
    const target = event.target
    const pressed = event.defaultPrevented || event.isComposing ? null : buttonFor(event, formOf(target))
    if (!pressed) return
    event.preventDefault()
    event.stopPropagation()
    if (isInOpenList(target)) target.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", bubbles: true })) // chooses
    if (!pressed.disabled) requestAnimationFrame(() => press(pressed))
  }

  const isInOpenList = (target) => target.getAttribute("aria-expanded") === "true"

  // The button that a key stands for. In an open list or menu, Escape closes it only. In the panel it presses the button of
  // the panel: that of the form may be about to go, when the row it saved takes its place.
  function buttonFor({ key, altKey, ctrlKey, metaKey, target }, form) {
    if (!form) return null
    if (key === "Enter" && (ctrlKey || metaKey)) return button(form, "save")
    if (isInOpenList(target) || (key === "Escape" && document.querySelector(MENU))) return null
    if (key === "Escape") {
      const ofPanel = form.closest(PANEL)?.querySelector(`${PANEL}-close button`)
      return button(form, "stay") ?? ofPanel ?? button(form, "cancel") ?? button(form, "close")
    }
    if (altKey && STEPS[key] && form.closest(PANEL)) return document.querySelector(`${PANEL}-${STEPS[key]} button`)
    return null
  }

  // ---- the way out

  // Streamlit sends the text of a box some 150 ms after it is left. If a link of the menu was followed meanwhile, the text
  // arrives on the other screen, which then stays empty. So the link waits.
  function onClick(event) {
    const link = event.isTrusted && event.button === 0 && !event.ctrlKey && !event.metaKey && event.target.closest?.(MENU_LINK)
    if (!link || event.timeStamp - textLeftAt > SENT_AFTER) return
    event.preventDefault()
    event.stopPropagation()
    setTimeout(() => link.click(), SENT_AFTER)
  }

  function onInput({ target }) {
    if (target.closest?.(FORM)) hasTyped = true
  }

  function onLeave(event) {
    if (hasTyped) textLeftAt = event.timeStamp
    hasTyped = false
  }

  function onFocus({ target }) {
    if (target.matches(CONTROL)) left = nameOf(target)
    else if (!target.closest(FORM)) left = undefined
  }

  window.addEventListener("keydown", onKey, true) // after date_fields.js, whose calendar takes Escape first
  window.addEventListener("click", onClick, true)
  document.addEventListener("input", onInput, true)
  document.addEventListener("focusout", onLeave, true)
  document.addEventListener("focusin", onFocus, true)
  const observer = new MutationObserver(refresh)
  observer.observe(document.body, { childList: true, subtree: true })
  refresh()
  return observer
})()
