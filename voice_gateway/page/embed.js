// Puts a button on a web site that opens the line in a small window of the page.
//
//   <script src="https://line.example.com/embed.js" data-token-url="/line-token" async></script>
//
// data-token-url  an address of the site's own, which answers {"token": "..."} for its visitor
// data-label      the words on the button
// data-target     a CSS selector of the element in which the button stands; a corner of the page
//                 without it
//
// The server must allow the site by WARMLINE_EMBED_ORIGINS.

const script = document.currentScript;
const line = new URL(script.src).origin;
const { tokenUrl, label = "Talk to us", target } = script.dataset;

const STYLE = `
  :host { all: initial; color-scheme: light dark; }
  :host(.corner) { position: fixed; right: 1.25rem; bottom: 1.25rem; z-index: 2147483000; }
  * { box-sizing: border-box; }
  button {
    font: 600 1rem/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
    cursor: pointer; border: 0; color: #ffffff; background: #9a3b12;
  }
  .open { padding: 0.7rem 1.3rem; border-radius: 2rem; box-shadow: 0 3px 14px rgb(0 0 0 / 30%); }
  .close { position: absolute; top: 0.6rem; right: 0.6rem; width: 2.25rem; height: 2.25rem;
    border-radius: 50%; font-size: 1.2rem; line-height: 1; }
  button:focus-visible { outline: 3px solid #ffb38a; outline-offset: 2px; }
  .window { position: fixed; right: 1.25rem; bottom: 1.25rem; z-index: 2147483000;
    width: min(24rem, calc(100vw - 2rem)); height: min(40rem, calc(100vh - 2rem));
    border-radius: 1rem; overflow: hidden; background: #faf6f2;
    box-shadow: 0 8px 40px rgb(0 0 0 / 35%); }
  iframe { display: block; width: 100%; height: 100%; border: 0; }
  [hidden] { display: none; }
  @media (prefers-color-scheme: dark) { .window { background: #151210; } }
`;

function put() {
  const place = document.createElement("div");
  const inside = place.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  style.textContent = STYLE;
  const open = button("open", label);
  const opened = document.createElement("div");
  opened.className = "window";
  opened.hidden = true;
  opened.setAttribute("role", "dialog");
  opened.setAttribute("aria-label", label);
  const close = button("close", "\u00d7");
  close.setAttribute("aria-label", "Hang up and close");
  inside.append(style, open, opened);

  open.addEventListener("click", async () => {
    open.disabled = true;
    const frame = document.createElement("iframe");
    frame.title = label;
    frame.allow = "microphone; autoplay";
    frame.src = `${line}/?embedded${await token()}`;
    opened.replaceChildren(frame, close);
    opened.hidden = false;
    open.hidden = true;
    open.disabled = false;
    close.focus();
  });
  const shut = () => {
    // Taking the frame away hangs up.
    opened.replaceChildren();
    opened.hidden = true;
    open.hidden = false;
    open.focus();
  };
  close.addEventListener("click", shut);
  opened.addEventListener("keydown", ({ key }) => key === "Escape" && shut());

  const home = target && document.querySelector(target);
  if (!home) place.className = "corner";
  (home || document.body).append(place);
}

function button(className, text) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.textContent = text;
  return made;
}

// Without a token the page asks the line for one, which it gives in development only, and says so.
async function token() {
  if (!tokenUrl) return "";
  try {
    const answer = await fetch(tokenUrl, { cache: "no-store" });
    const { token } = await answer.json();
    return token ? `#token=${encodeURIComponent(token)}` : "";
  } catch {
    return "";
  }
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", put);
else put();
