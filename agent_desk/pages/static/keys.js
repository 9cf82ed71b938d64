// Keys of a page: an element with data-key is clicked by that key, one with data-focus-key gets
// the focus. While somebody types, only combinations with Ctrl count.
(() => {
  const OFF = "warmline.keys_off";
  const isVisible = (element) => element.checkVisibility() && !element.disabled;
  const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable=true]");
  const named = (event) => {
    const parts = [];
    if (event.ctrlKey || event.metaKey) parts.push("ctrl");
    parts.push(event.key.toLowerCase());
    return parts.join("+");
  };
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.altKey || event.isComposing) return;
    const name = named(event);
    if (name === "escape" && isTyping(event.target) && !event.target.closest("dialog")) {
      event.target.blur();
      return;
    }
    const plain = !name.startsWith("ctrl+");
    if (plain && (isTyping(event.target) || localStorage.getItem(OFF) === "yes")) return;
    const open = document.querySelector("dialog[open]");
    const place = open ?? document;
    for (const element of place.querySelectorAll(`[data-key="${CSS.escape(name)}"]`)) {
      if (!isVisible(element)) continue;
      event.preventDefault();
      // What is being written is handed over first.
      if (isTyping(event.target)) event.target.blur();
      element.click();
      return;
    }
    for (const element of place.querySelectorAll(`[data-focus-key="${CSS.escape(name)}"]`)) {
      if (!isVisible(element)) continue;
      event.preventDefault();
      element.focus();
      return;
    }
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("[data-keys-switch]")) return;
    localStorage.setItem(OFF, event.target.checked ? "no" : "yes");
  });
  document.addEventListener("toggle", () => {
    for (const box of document.querySelectorAll("[data-keys-switch]")) {
      box.checked = localStorage.getItem(OFF) !== "yes";
    }
  }, true);
})();

// A button with data-opens shows the dialog of that id, one with data-closes closes its own; so
// does a click beside a dialog.
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener && !opener.disabled) document.getElementById(opener.dataset.opens)?.showModal();
  if (event.target.closest?.("[data-closes]")) event.target.closest("dialog")?.close();
  else if (event.target.matches?.("dialog[open]")) event.target.close();
});

// Leads the keyboard to where things go on, unless somebody is typing elsewhere.
window.deskFocus = (selector) => {
  if (document.activeElement?.matches("input, textarea, select")) return;
  document.querySelector(selector)?.focus({ preventScroll: true });
};

// That the server cannot be reached is said aloud; whoever was signed out meanwhile gets the page
// to sign in.
document.addEventListener("DOMContentLoaded", () => {
  const LOOK_EVERY_MS = 4000;
  const popup = document.getElementById("popup");
  if (!popup) return;
  popup.setAttribute("role", "alert");
  const [what, next] = popup.children;
  what.textContent = "No connection to the server.";
  next.textContent = "Trying again. What you see may be out of date.";
  setInterval(async () => {
    if (popup.ariaHidden === "true") return;
    const answer = await fetch("/desk/static/scheme.js", { cache: "no-store" }).catch(() => null);
    if (answer?.status === 401) location.reload();
  }, LOOK_EVERY_MS);
});

// Arrows choose within a group of radio buttons, as everywhere.
document.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const group = step && event.target.closest?.("[role=radio]")?.closest("[role=radiogroup]");
  if (!group) return;
  const choices = [...group.querySelectorAll("[role=radio]")];
  const next = (choices.indexOf(event.target) + step + choices.length) % choices.length;
  event.preventDefault();
  choices[next].focus();
  choices[next].click();
});
