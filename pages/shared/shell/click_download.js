// Clicks the download button of a finished job as soon as it is on the page. The number put in place of __NUMBER__ makes
// each script different: Streamlit does not run the same script a second time.
{ // __NUMBER__
  const waiting = setInterval(() => {
    const button = document.querySelector(".st-key-__KEY__ button")
    if (button) { clearInterval(waiting); button.click() }
  }, 100)
  setTimeout(() => clearInterval(waiting), 5000)
}
