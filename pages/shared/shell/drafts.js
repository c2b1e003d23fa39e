// While a person types in a form, sends the text to the server at least once a second, which keeps it as a draft
// (db/rows/drafts.py). Streamlit itself sends a text only when its field is left.
//
// What the server has not acknowledged is also kept in localStorage, encrypted with a key that the server gives only to
// the signed-in author and that is stored nowhere in the browser: it survives a stopped server, an ended session and a
// closed tab, and nobody else who uses this browser can read it. It is removed as soon as it is sent, and after 30 days.
// (Write no HTML tag here, not even in a comment: Streamlit's sanitizer would drop the script.)
window.paletteDrafts ??= (() => {
  const TYPING_PAUSE = 600
  const RETRY_PAUSE = 1500
  const LONGEST_KEPT = 30 * 86_400_000
  const PREFIX = "palette-draft-"
  const OWN = PREFIX + Math.random().toString(36).slice(2) // the entry of this tab
  const FORM = "[class*='st-key-draft-']"
  const FIELD = "[class*='st-key-form-']"
  const unsent = new Map() // opening of a form -> field -> text
  let account = 0
  let key = null
  let timer = 0
  let sending = false
  let writes = 0

  // ---- what is typed

  function onInput(event) {
    const input = event.target
    const isText = input instanceof HTMLTextAreaElement || (input instanceof HTMLInputElement && input.type === "text")
    if (!isText || input.getAttribute("role") === "combobox") return
    const opening = input.closest(FORM)?.className.match(/st-key-draft-(\w+)/)?.[1]
    const field = input.closest(FIELD)?.className.match(/st-key-form-\w+-\w+-(\w+)(?![\w-])/)?.[1]
    if (!opening || !field) return
    const text = input.value.toWellFormed?.() ?? input.value // half a surrogate pair cannot be stored
    unsent.set(opening, { ...unsent.get(opening), [field]: text })
    store()
    schedule(TYPING_PAUSE)
  }

  // ---- sending

  function schedule(pause) {
    timer ||= setTimeout(send, pause)
  }

  async function send() {
    if (sending) return
    sending = true
    clearTimeout(timer)
    let pause = unsent.size ? TYPING_PAUSE : 0
    for (const [opening, texts] of [...unsent]) {
      const status = await post(opening, texts)
      if (status === 200) acknowledge(opening, texts)
      else if ([400, 410, 413].includes(status)) unsent.delete(opening) // the form was saved or given up, or is too long
      else pause = status === 401 ? 0 : RETRY_PAUSE
      if (status === 401) window.palettePresence() // the session has ended: go to the sign-in page
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
      return (await fetch("/brouillon", { method: "POST", body, headers, cache: "no-store", keepalive: leaving })).status
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

  // ---- the encrypted copy of what is not sent

  const toText = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""))
  const toBytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))

  async function store() {
    const write = ++writes
    if (!unsent.size) return localStorage.removeItem(OWN)
    if (!key) return
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const plain = new TextEncoder().encode(JSON.stringify([...unsent]))
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain)
    if (write !== writes) return // a later state of the texts is being written
    try {
      localStorage.setItem(OWN, JSON.stringify({ account, at: Date.now(), iv: toText(iv), data: toText(data) }))
    } catch {
      // no room: the text is in the memory of the tab
    }
  }

  // Takes over what tabs that no longer exist could not send. A tab that exists holds the lock of its entry.
  async function takeOver(name) {
    const entry = JSON.parse(localStorage.getItem(name))
    if (!entry) return
    if (Date.now() - entry.at > LONGEST_KEPT) return localStorage.removeItem(name)
    if (entry.account !== account) return
    await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
      if (!lock) return
      try {
        const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: toBytes(entry.iv) }, key, toBytes(entry.data))
        for (const [opening, texts] of JSON.parse(new TextDecoder().decode(plain))) {
          unsent.set(opening, { ...texts, ...unsent.get(opening) })
        }
        await store()
      } catch {
        // of another office file: nobody can read it any more
      }
      localStorage.removeItem(name)
    })
  }

  async function begin() {
    if (!crypto.subtle || !navigator.locks) return // without HTTPS: in the memory of the tab only
    try {
      const answer = await fetch("/brouillon", { cache: "no-store" })
      if (answer.status === 401) return
      const given = await answer.json()
      const raw = Uint8Array.from(given.key.match(/../g), (byte) => parseInt(byte, 16))
      key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"])
      account = given.account
    } catch {
      return setTimeout(begin, RETRY_PAUSE)
    }
    navigator.locks.request(OWN, () => new Promise(() => {})) // held until the tab is closed
    for (const name of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX) && name !== OWN)) await takeOver(name)
    await store()
    send()
  }

  document.addEventListener("input", onInput, { capture: true, passive: true })
  document.addEventListener("visibilitychange", () => { if (document.hidden) send() })
  window.addEventListener("pagehide", () => { for (const [opening, texts] of unsent) post(opening, texts, true) })
  begin()
  return unsent
})()
