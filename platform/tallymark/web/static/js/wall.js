// The wall screen: shows one slide after the other, and keeps them up to date by a stream of events. Where the server
// has no place for a stream it answers 503, and this asks for the state every now and then instead.
(() => {
  // A page that says what went wrong asks again by itself: nobody stands at a television.
  const again = document.querySelector("[data-wall-again]");
  if (again) { setTimeout(() => location.reload(), Number(again.dataset.wallAgain) * 1000); return; }
  const root = document.querySelector("[data-wall]");
  if (!root) return;
  const CHEER = 9000, POLL = 20000, AGAIN = 90000, SILENCE = 60000;
  const find = (name) => root.querySelector(`[data-wall-${name}]`);
  let heard = Date.now();

  // Slides --------------------------------------------------------------------------------------------------------
  let place = 0, turn = null, waiting = null;
  const show = () => {
    const slides = root.querySelectorAll(".slide"), steps = root.querySelectorAll(".wall-steps span");
    if (!slides.length) return;
    place %= slides.length;
    slides.forEach((slide, index) => slide.classList.toggle("on", index === place));
    steps.forEach((step, index) => step.classList.toggle("on", index === place));
    clearTimeout(turn);
    turn = setTimeout(next, Math.max(5, Number(slides[place].dataset.seconds) || 20) * 1000);
  };
  const next = () => { place += 1; if (waiting) swap(); show(); };
  root.classList.add("is-rotating");
  show();

  // A new page is taken over between two slides, so that nothing jumps while somebody reads.
  const swap = () => {
    root.querySelector("[data-wall-main]").replaceChildren(...waiting.main.childNodes);
    for (const name of ["version", "staleFrom"]) root.dataset[name] = waiting.root.dataset[name];
    document.documentElement.lang = waiting.lang;
    document.documentElement.dir = waiting.dir;
    waiting = null;
    aged();
  };
  let fetching = false;
  const renew = async () => {
    if (fetching || waiting) return;
    fetching = true;
    try {
      const answer = await fetch(location.pathname, { cache: "no-cache" });
      if (answer.status === 404) { location.reload(); return; }
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const sheets = (where) => Array.from(where.querySelectorAll("link[rel=stylesheet]"), (link) => link.getAttribute("href")).join();
      if (sheets(page) !== sheets(document)) { location.reload(); return; } // the server was updated
      waiting = { root: page.querySelector("[data-wall]"), main: page.querySelector("[data-wall-main]"), lang: page.documentElement.lang, dir: page.documentElement.dir };
      if (root.querySelectorAll(".slide").length < 2) { swap(); show(); }
    } catch { /* The next state says again that there is something new. */ } finally { fetching = false; }
  };

  // Age and line ----------------------------------------------------------------------------------------------------
  let said = "";
  const aged = () => {
    const box = find("stale"), from = Number(root.dataset.staleFrom) || 0;
    const overdue = from > 0 && Date.now() / 1000 > from ? box.dataset.overdue : "";
    const words = said || overdue;
    if (!words && !root.dataset.events) return;
    find("stale-words").textContent = words;
    box.hidden = !words;
    find("fresh").classList.toggle("is-stale", Boolean(words));
    find("lost").hidden = !root.dataset.events || Date.now() - heard < SILENCE;
  };
  const take = (state) => {
    heard = Date.now();
    said = state.stale;
    if (state.as_of) find("as-of").textContent = state.as_of;
    root.dataset.staleFrom = state.stale_from || "";
    if (state.version !== root.dataset.version) renew();
    aged();
  };

  // Won deals ---------------------------------------------------------------------------------------------------------
  const cheers = [], told = new Set();
  let cheering = false;
  const cheer = () => {
    const won = cheers.shift(), box = find("cheer");
    cheering = Boolean(won);
    box.hidden = !won;
    if (!won) return;
    for (const field of box.querySelectorAll("[data-cheer]")) field.textContent = won[field.dataset.cheer] || "";
    setTimeout(cheer, CHEER);
  };
  const won = (deal) => {
    if (told.has(deal.id)) return;
    told.add(deal.id);
    cheers.push(deal);
    if (!cheering) cheer();
  };

  if (!root.dataset.events) { return; } // a preview
  setInterval(aged, 5000);

  // Events, or asking ---------------------------------------------------------------------------------------------------
  let tag = null, cursor = root.dataset.cursor, polling = null, since = 0;
  const ask = async () => {
    try {
      const answer = await fetch(`${root.dataset.state}?after=${cursor}`, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
      if (answer.status === 404) { location.reload(); return; }
      if (answer.status === 304) heard = Date.now();
      if (answer.status === 200) {
        tag = answer.headers.get("ETag");
        const found = await answer.json();
        cursor = found.cursor;
        found.cheers.forEach(won);
        take(found.state);
      }
    } catch { /* Said after a minute of silence. */ }
    if (Date.now() - since > AGAIN) { listen(); return; }
    polling = setTimeout(ask, POLL);
  };
  const listen = () => {
    clearTimeout(polling);
    const source = new EventSource(`${root.dataset.events}?after=${cursor}`);
    const on = (name, act) => source.addEventListener(name, (event) => { if (event.lastEventId) cursor = event.lastEventId; act(JSON.parse(event.data)); });
    on("state", take);
    on("celebrate", won);
    on("gone", () => location.reload());
    source.addEventListener("error", () => {
      // A stream that ended is opened again by the browser itself; one that was refused is not.
      if (source.readyState !== EventSource.CLOSED) return;
      source.close();
      since = Date.now();
      ask();
    });
  };
  listen();
})();
