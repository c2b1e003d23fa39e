// Keeps in localStorage, encrypted, what a person typed and the server has not acknowledged yet. It survives a stopped
// server, an ended session and a closed tab. Nobody else who uses this browser can read it: the server gives the key only
// to sessions of the author, and it is stored nowhere in the browser. An entry is removed once its text is acknowledged,
// and after 30 days. Without HTTPS there is no cipher: nothing is stored, and texts are in the memory of the tab only.
//
// put(kind, value) keeps a value under a name such as « grid:aid », or removes it (null). take(kind) returns what was
// left under that name, in this tab or in tabs that no longer exist, as [{ at, value, drop() }]; drop() removes the entry
// unless another value was put in its place.
// (Write no HTML tag here, not even in a comment: Streamlit's sanitizer would drop the script.)
window.paletteKept ??= (() => {
  const RETRY_PAUSE = 1500
  const LONGEST_KEPT = 30 * 86_400_000
  const PREFIX = "palette-kept-"
  const HAS_CIPHER = crypto.subtle && navigator.locks
  const TAB = Math.random().toString(36).slice(2)
  const kinds = [] // the number of a kind is part of the name of its entry
  const writes = new Map() // kind -> how often it was put
  let account = 0
  let key = null
  const ready = new Promise(begin)

  async function begin(resolve) {
    if (!HAS_CIPHER) return
    try {
      const answer = await fetch("/brouillon", { cache: "no-store" })
      if (answer.status === 401) return // presence.js goes to the sign-in page
      const given = await answer.json()
      const raw = Uint8Array.from(given.key.match(/../g), (byte) => parseInt(byte, 16))
      key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"])
      account = given.account
    } catch {
      return setTimeout(begin, RETRY_PAUSE, resolve)
    }
    navigator.locks.request(PREFIX + TAB, () => new Promise(() => {})) // held as long as this tab exists
    resolve()
  }

  function nameOf(kind) {
    if (!kinds.includes(kind)) kinds.push(kind)
    return `${PREFIX}${TAB}-${kinds.indexOf(kind)}`
  }

  const toText = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""))
  const toBytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))

  // What is typed in the demonstration is not offered in the office file, nor the other way round.
  const inThisFile = (kind) => (window.paletteDemonstration ? `demonstration ${kind}` : kind)

  async function put(name, value) {
    const kind = inThisFile(name)
    const write = (writes.get(kind) ?? 0) + 1
    writes.set(kind, write)
    if (value === null || !HAS_CIPHER) return localStorage.removeItem(nameOf(kind))
    await ready
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const plain = new TextEncoder().encode(JSON.stringify({ kind, value }))
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain)
    if (write !== writes.get(kind)) return // a later value is being written
    try {
      localStorage.setItem(nameOf(kind), JSON.stringify({ account, at: Date.now(), iv: toText(iv), data: toText(data) }))
    } catch {
      // no room: the text is in the memory of the tab
    }
  }

  async function take(name) {
    await ready
    const kind = inThisFile(name)
    const found = []
    for (const key of Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))) {
      const entry = localStorage.getItem(key)
      const { account: whose, at, ...sealed } = JSON.parse(entry)
      const drop = () => { if (localStorage.getItem(key) === entry) localStorage.removeItem(key) }
      if (Date.now() - at > LONGEST_KEPT) drop()
      else if (whose === account && (await isLeft(key))) {
        const left = await open(sealed)
        if (left === null) drop()
        else if (left.kind === kind) found.push({ at, value: left.value, drop })
      }
    }
    return found.sort((one, other) => one.at - other.at)
  }

  // Whether an entry is of this tab, or of one that no longer exists and so holds no lock. A page that was just left may
  // hold it for a moment.
  async function isLeft(name) {
    const tab = name.slice(PREFIX.length).split("-")[0]
    if (tab === TAB) return true
    for (const delay of [0, 400, 1600]) {
      await new Promise((done) => setTimeout(done, delay))
      if (await navigator.locks.request(PREFIX + tab, { ifAvailable: true }, (lock) => lock !== null)) return true
    }
    return false
  }

  // The content of an entry; null when it is of another office file: nobody can read it any more.
  async function open({ iv, data }) {
    try {
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: toBytes(iv) }, key, toBytes(data))
      return JSON.parse(new TextDecoder().decode(plain))
    } catch {
      return null
    }
  }

  return { put, take }
})()
