// Tells the server that somebody is at work here, and leaves the page as soon as the session has ended: whoever comes
// by an empty chair finds the sign-in page, not a file. (No tag may be written here: Streamlit would drop the script.)
window.palettePresence ??= (() => {
  const EVERY = 15_000
  const TOLD = 60_000
  let active = true
  let told = 0

  function leave() {
    const here = location.pathname + location.search
    location.replace(here === "/" ? "/connexion" : `/connexion?vers=${encodeURIComponent(here)}`)
  }

  async function look() {
    const tell = active && Date.now() - told > TOLD
    try {
      const answer = await fetch("/presence", { method: tell ? "POST" : "GET", cache: "no-store" })
      if (answer.status === 401) leave()
      else if (tell && answer.ok) {
        told = Date.now()
        active = false
      }
    } catch {
      // the server is away: Streamlit says so itself
    }
  }

  for (const sign of ["pointerdown", "keydown", "wheel", "touchstart"]) {
    document.addEventListener(sign, () => { active = true }, { capture: true, passive: true })
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look() })
  window.addEventListener("pageshow", (shown) => { if (shown.persisted) look() })
  look()
  return setInterval(look, EVERY)
})()
