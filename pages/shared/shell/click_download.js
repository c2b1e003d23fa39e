// Clicks the download button of a finished job once it is on the page. The number of the turn, put in place of __TURN__,
// makes each script another one: the same script twice would run once.
{ // __TURN__
  const made = setInterval(() => {
    const button = document.querySelector(".st-key-__KEY__ button")
    if (button) { clearInterval(made); button.click() }
  }, 100)
  setTimeout(() => clearInterval(made), 5000)
}
