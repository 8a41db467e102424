// What the pages need beyond HTML. Each part works on data attributes and leaves the page usable without it.

// Progress of a run: polled with an ETag, so an unchanged state costs a 304 and no words.
for (const box of document.querySelectorAll("[data-run]")) {
  let tag = null;
  let wait = 600;
  const bar = box.querySelector("progress");
  const words = box.querySelector("[data-run-step]");
  const share = box.querySelector("[data-run-share]");
  const poll = async () => {
    try {
      const answer = await fetch(box.dataset.run, { headers: tag ? { "If-None-Match": tag } : {}, credentials: "same-origin" });
      if (answer.status === 404 || answer.redirected) { location.reload(); return; }
      if (answer.status === 200) {
        tag = answer.headers.get("ETag");
        wait = 600;
        const state = await answer.json();
        if (state.next) { location.replace(state.next); return; }
        bar.value = state.progress;
        if (words.textContent !== state.step) words.textContent = state.step;
        share.textContent = state.share;
      } else {
        wait = Math.min(wait * 1.3, 4000);
      }
    } catch {
      wait = Math.min(wait * 2, 10000);
    }
    setTimeout(poll, wait);
  };
  setTimeout(poll, 300);
}

// Copy the text of a field.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try { await navigator.clipboard.writeText(field.value); button.textContent = button.dataset.done; } catch { /* Selected: Ctrl-C does it. */ }
});

// Ask before something that can't be taken back.
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm;
  if (question && !confirm(question)) { event.preventDefault(); return; }
  // A second click on a slow upload would make a second one.
  if (event.target.dataset.once !== undefined) event.submitter?.setAttribute("aria-disabled", "true");
});
document.addEventListener("click", (event) => {
  if (event.target.closest('button[aria-disabled="true"]')) event.preventDefault();
});

// A select that goes at once, where its form also has a button for those without scripts.
for (const select of document.querySelectorAll("[data-go]")) {
  select.form.querySelector("[data-go-button]")?.setAttribute("hidden", "");
  select.addEventListener("change", () => select.form.requestSubmit());
}

// Files dropped anywhere on the dotted area.
for (const area of document.querySelectorAll(".drop")) {
  const input = area.querySelector('input[type="file"]');
  area.addEventListener("dragover", (event) => { event.preventDefault(); area.classList.add("over"); });
  area.addEventListener("dragleave", () => area.classList.remove("over"));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("over");
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
}

// Only one menu open, and Escape closes it.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
});
