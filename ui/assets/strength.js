// Shows how strong a passphrase is while it is typed. The server judges; this only asks it.
const field = document.querySelector("[data-strength]");
const said = document.getElementById(field.dataset.strength);
const meter = document.getElementById("meter");
let waiting = 0;
field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const known = ["name", "admin_name", "user_name"].map((id) => document.getElementById(id).value);
    const answer = await fetch("/set-up/strength", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ passphrase: field.value, known }),
    });
    if (!answer.ok) return;
    const { strength } = await answer.json();
    meter.value = strength;
    said.textContent = field.value ? said.dataset[strength] : "";
  }, 200);
});
