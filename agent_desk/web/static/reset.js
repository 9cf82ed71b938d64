// What makes the form more pleasant; it works without. The server alone decides about a password.

const PAUSE_MS = 300;

const form = document.getElementById("reset");
const password = document.getElementById("password");
const again = document.getElementById("again");
const show = document.getElementById("show");
const meter = document.getElementById("meter");
const bars = meter.querySelector(".bars");
const words = document.getElementById("strength-words");
const reasons = document.getElementById("strength-reasons");

show.hidden = false;
show.addEventListener("click", () => {
  const visible = password.type === "password";
  password.type = again.type = visible ? "text" : "password";
  show.setAttribute("aria-pressed", String(visible));
  password.focus();
});

// A browser keeps what stands in a text field, but not in a password field.
form.addEventListener("submit", () => {
  password.type = again.type = "password";
});

again.addEventListener("input", compare);
password.addEventListener("input", () => {
  compare();
  clearTimeout(pause);
  pause = setTimeout(weigh, PAUSE_MS);
});

let pause;
let asked = 0;

function compare() {
  const differs = again.value !== "" && again.value !== password.value;
  again.setCustomValidity(differs ? "The two entries differ." : "");
}

async function weigh() {
  const number = ++asked;
  if (password.value === "") {
    meter.hidden = true;
    return;
  }
  let strength;
  try {
    const answer = await fetch(form.dataset.strength, {
      method: "POST",
      body: new URLSearchParams({ password: password.value }),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    strength = await answer.json();
  } catch {
    meter.hidden = true;
    return;
  }
  if (number !== asked) return;
  meter.hidden = false;
  bars.dataset.level = strength.level;
  words.textContent = strength.words;
  reasons.replaceChildren(
    ...strength.reasons.map((reason) => {
      const item = document.createElement("li");
      item.textContent = reason;
      return item;
    }),
  );
}
