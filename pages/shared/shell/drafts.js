// While a person types in a form, sends the text to the server about twice a second, which keeps it as a draft
// (db/rows/drafts.py). Streamlit itself sends a text only when its field is left. What the server has not acknowledged is
// also kept in the browser (kept_texts.js), and sent by the next page that opens.
// (Write no HTML tag here, not even in a comment: Streamlit's sanitizer would drop the script.)
window.paletteDrafts ??= (() => {
  const TYPING_PAUSE = 600
  const RETRY_PAUSE = 1500
  const KIND = "forms"
  const [OPEN, CLOSED] = ["open", "closed"]
  const FORM = "[class*='st-key-draft-']"
  const FIELD = "[class*='st-key-form-'], [class*='st-key-bulk-']"
  const FIELD_NAME = /st-key-(?:form-\w+-\w+|bulk-\w+)-(\w+)(?![\w-])/
  const unsent = new Map() // opening of a form -> field -> text
  let timer = 0
  let sending = false

  function onInput(event) {
    const input = event.target
    const isText = input instanceof HTMLTextAreaElement || (input instanceof HTMLInputElement && input.type === "text")
    if (!isText || input.getAttribute("role") === "combobox") return
    const opening = input.closest(FORM)?.className.match(/st-key-draft-(\w+)/)?.[1]
    const field = input.closest(FIELD)?.className.match(FIELD_NAME)?.[1]
    if (!opening || !field) return
    const text = input.value.toWellFormed?.() ?? input.value // half a surrogate pair cannot be stored
    unsent.set(opening, { ...unsent.get(opening), [field]: text })
    store()
    schedule(TYPING_PAUSE)
  }

  const store = () => window.paletteKept.put(KIND, unsent.size ? [...unsent] : null)

  function schedule(pause) {
    timer ||= setTimeout(send, pause)
  }

  async function send() {
    if (sending) return
    sending = true
    clearTimeout(timer)
    let pause = TYPING_PAUSE
    for (const [opening, texts] of [...unsent]) {
      const answer = await post(opening, texts)
      if (answer === OPEN) acknowledge(opening, texts)
      else if ([CLOSED, 400, 413].includes(answer)) unsent.delete(opening) // saved or given up; or longer than any text
      else pause = answer === 401 ? 0 : RETRY_PAUSE
      if (answer === 401) window.palettePresence() // the session has ended: go to the sign-in page
    }
    store()
    sending = false
    timer = 0
    if (unsent.size && pause) schedule(pause)
  }

  async function post(opening, texts, leaving = false) {
    const headers = { "Content-Type": "application/json" }
    const body = JSON.stringify({ opening, texts })
    try {
      const answer = await fetch("/brouillon", { method: "POST", body, headers, cache: "no-store", keepalive: leaving })
      return answer.ok ? ((await answer.json()).open ? OPEN : CLOSED) : answer.status
    } catch {
      return 0 // the server does not answer: Streamlit shows that itself
    }
  }

  // More may have been typed while the request was under way.
  function acknowledge(opening, sent) {
    const left = Object.entries(unsent.get(opening) ?? {}).filter(([field, text]) => sent[field] !== text)
    if (left.length) unsent.set(opening, Object.fromEntries(left))
    else unsent.delete(opening)
  }

  async function sendWhatWasLeft() {
    for (const { value, drop } of await window.paletteKept.take(KIND)) {
      for (const [opening, texts] of value) unsent.set(opening, { ...texts, ...unsent.get(opening) })
      await store()
      drop()
    }
    send()
  }

  document.addEventListener("input", onInput, { capture: true, passive: true })
  // What leads away from the form within the page sends the text without a pause: Back, a link, a button.
  const sendAtOnce = () => { if (unsent.size) send() }
  document.addEventListener("pointerdown", sendAtOnce, { capture: true, passive: true })
  window.addEventListener("popstate", sendAtOnce)
  document.addEventListener("visibilitychange", () => { if (document.hidden) sendAtOnce() })
  window.addEventListener("pagehide", () => { for (const [opening, texts] of unsent) post(opening, texts, true) })
  sendWhatWasLeft()
  return unsent
})()
