// Buttons for copying; the page works without them.
for (const button of document.querySelectorAll("button.copy")) {
  const value = document.getElementById(button.dataset.copies)
  const label = button.firstChild
  button.hidden = false
  button.addEventListener("click", async () => {
    const isCopied = await copy(value)
    label.textContent = isCopied ? "Copied" : "Select"
    button.classList.toggle("done", isCopied)
    document.getElementById("copied").textContent = isCopied ? `Copied ${button.querySelector(".unseen").textContent.trim()}` : "The value is selected: copy it with your keyboard"
    setTimeout(() => {
      label.textContent = "Copy"
      button.classList.remove("done")
      document.getElementById("copied").textContent = ""
    }, 2500)
  })
}

async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent)
    return true
  } catch {
    // browsers allow access to the clipboard only over HTTPS or from the local machine
    getSelection().selectAllChildren(element)
    return document.execCommand("copy")
  }
}

// Browsers keep recent pages in memory for going back: remove what is shown only once.
addEventListener("pagehide", () => document.getElementById("client-secret")?.replaceChildren())
addEventListener("pageshow", event => event.persisted && location.reload())
