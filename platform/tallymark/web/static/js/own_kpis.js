// Checks a formula while it is typed. Without this script the button "Check" does the same.
for (const form of document.querySelectorAll("[data-own-kpi]")) {
  const told = document.getElementById("checked");
  const formula = form.elements.expression;
  let timer = null;
  let newest = 0;

  const check = async () => {
    if (!formula.value.trim()) { told.replaceChildren(); return; }
    const turn = ++newest;
    const data = new FormData(form);
    data.set("check", "1");
    try {
      const answer = await fetch(location.pathname, {
        method: "POST", body: data, credentials: "same-origin", headers: { "X-Part": "checked" },
      });
      // An older answer must not replace a newer one; a page instead of the part means that we are signed out.
      if (turn !== newest || !answer.ok || answer.redirected) return;
      told.innerHTML = await answer.text();
      formula.setAttribute("aria-invalid", told.querySelector("mark") ? "true" : "false");
    } catch { /* Offline: the button still works later. */ }
  };

  for (const name of ["expression", "unit", "kpi_set"]) {
    form.elements[name]?.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(check, 500); });
  }
}
