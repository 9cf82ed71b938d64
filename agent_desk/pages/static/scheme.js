// Light or dark: as the system has it, or as the person chose with the switch.
(() => {
  const KEY = "warmline.scheme";
  const CHOICES = ["system", "light", "dark"];
  const chosen = () => {
    const kept = localStorage.getItem(KEY);
    return CHOICES.includes(kept) ? kept : "system";
  };
  const apply = () => {
    const choice = chosen();
    if (choice === "system") delete document.documentElement.dataset.scheme;
    else document.documentElement.dataset.scheme = choice;
    // NiceGUI's own parts follow.
    if (window.setDark) window.setDark(choice === "system" ? null : choice === "dark");
    for (const button of document.querySelectorAll("[data-scheme-switch]")) {
      button.title = `Colours: ${choice}`;
      button.setAttribute("aria-label", `Colours: ${choice}. Switch`);
    }
  };
  apply();
  document.addEventListener("DOMContentLoaded", apply);
  window.addEventListener("load", apply);
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-scheme-switch]")) return;
    localStorage.setItem(KEY, CHOICES[(CHOICES.indexOf(chosen()) + 1) % CHOICES.length]);
    apply();
  });
})();
