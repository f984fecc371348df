// How far a restore or fetching a backup is: asks once a second, and goes on when there is a next page.
const bar = document.getElementById("bar");
const left = document.getElementById("left");
const say = (text) => { if (left.textContent !== text) left.textContent = text; };
const ask = async () => {
  try {
    const answer = await fetch(bar.dataset.state, { cache: "no-store" });
    if (answer.ok) {
      const state = await answer.json();
      if (state.next) { location.href = state.next; return; }
      bar.max = state.of; bar.value = state.done;
      if (state.done >= state.of) { bar.removeAttribute("value"); say(left.dataset.checking); }
      else if (!state.done && left.dataset.waiting) { bar.removeAttribute("value"); say(left.dataset.waiting); }
      else if (state.left !== null) {
        const minutes = Math.ceil(state.left / 60);
        say(minutes > 1 ? left.dataset.minutes.replace("{number}", minutes) : left.dataset.soon);
      }
    } else if (answer.status === 404) { location.href = "/"; return; }
  } catch { /* not just now: asked again */ }
  setTimeout(ask, 1000);
};
ask();
