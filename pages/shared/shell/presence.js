// Tells the server that the person is active, and goes to the sign-in page as soon as the session has ended, so that an
// unattended screen does not show a person's file. (Write no HTML tag here, not even in a comment: Streamlit's
// sanitizer would drop the script.)
window.palettePresence ??= (() => {
  const CHECK_INTERVAL = 15_000
  const REPORT_INTERVAL = 60_000
  let active = true
  let reportedAt = 0

  function goToSignIn() {
    const here = location.pathname + location.search
    location.replace(here === "/" ? "/connexion" : `/connexion?vers=${encodeURIComponent(here)}`)
  }

  async function check() {
    const report = active && Date.now() - reportedAt > REPORT_INTERVAL
    try {
      const answer = await fetch("/presence", { method: report ? "POST" : "GET", cache: "no-store" })
      if (answer.status === 401) goToSignIn()
      else if (report && answer.ok) {
        reportedAt = Date.now()
        active = false
      }
    } catch {
      // the server does not answer: Streamlit shows that itself
    }
  }

  for (const name of ["pointerdown", "keydown", "wheel", "touchstart"]) {
    document.addEventListener(name, () => { active = true }, { capture: true, passive: true })
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden) check() })
  window.addEventListener("pageshow", (event) => { if (event.persisted) check() })
  check()
  setInterval(check, CHECK_INTERVAL)
  return check
})()
