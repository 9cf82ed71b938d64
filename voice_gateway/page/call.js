// The test page: one call at a time over the WebSocket protocol of docs/browser_protocol.md.

import { Sound, SoundError, rms } from "/sound.js";

const LINE_RATE = 16000;
const MOST_UNSENT_BYTES = 10 * LINE_RATE * 2;

const STATES = {
  idle: "Ready to call",
  connecting: "Connecting",
  listening: "Listening to you",
  thinking: "Thinking",
  speaking: "Speaking",
  holding: "On hold for a person",
  with_agent: "Talking to a person",
  ended: "Call ended",
};

const SPEAKERS = { caller: "You", bot: "Line", agent: "Person" };

const REASONS = {
  completed: "Call ended",
  caller_hung_up: "You hung up",
  callback_promised: "Call ended: you will be called back",
  agent_closed: "Call ended by the person you talked to",
  silence: "Call ended: nobody spoke",
  busy: "All our lines are busy: please call again in a few minutes",
  draining: "Call ended: the line is being restarted",
  system_error: "Call ended: something went wrong at our side",
};

const element = (id) => document.getElementById(id);

class Page {
  reset() {
    element("error").hidden = true;
    element("transcript").replaceChildren();
    element("empty").hidden = false;
    this.partial("");
  }

  state(state, text = STATES[state] ?? state) {
    element("state").dataset.state = state;
    element("state").textContent = text;
  }

  error(message) {
    element("error").textContent = message;
    element("error").hidden = false;
  }

  calling(on) {
    const back = document.activeElement === element(on ? "call" : "hang-up");
    element("call").hidden = on;
    element("hang-up").hidden = !on;
    element("mute").hidden = !on;
    element("number").disabled = on;
    element("keypad").disabled = !on;
    if (back) element(on ? "hang-up" : "call").focus();
    clearInterval(this.ticking);
    if (on) {
      const start = Date.now();
      this.clock(0);
      this.ticking = setInterval(() => this.clock(Date.now() - start), 500);
    } else {
      this.level("you", 0);
      this.level("line", 0);
      this.partial("");
    }
  }

  clock(ms) {
    const seconds = Math.floor(ms / 1000);
    const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (element("clock").textContent !== text) element("clock").textContent = text;
  }

  level(who, rms) {
    // -60 dB is empty, 0 dB is full.
    const percent = rms > 0 ? Math.max(0, Math.min(100, 100 + (100 / 60) * 20 * Math.log10(rms))) : 0;
    const meter = element(`${who}-level`);
    meter.setAttribute("aria-valuenow", Math.round(percent));
    meter.firstElementChild.style.transform = `scaleX(${percent / 100})`;
  }

  partial(text) {
    element("partial").textContent = text;
    element("partial").hidden = !text;
    if (text) this.toEnd();
  }

  turn({ turn_id: id, speaker, text }) {
    element("empty").hidden = true;
    const item = document.createElement("li");
    item.className = speaker;
    item.dataset.turn = id;
    const name = document.createElement("span");
    name.className = "speaker";
    name.textContent = SPEAKERS[speaker] ?? speaker;
    item.append(name, text);
    element("transcript").append(item);
    if (speaker === "caller") this.partial("");
    this.toEnd();
  }

  delay({ turn_id: id, ms }) {
    const item = element("transcript").querySelector(`[data-turn="${CSS.escape(id)}"]`);
    if (!item || ms.total === undefined) return;
    const note = document.createElement("span");
    note.className = "delay";
    note.textContent = `answered in ${(ms.total / 1000).toFixed(2)} s`;
    item.append(note);
    this.toEnd();
  }

  toEnd() {
    const scroll = element("scroll");
    scroll.scrollTop = scroll.scrollHeight;
  }
}

class Call {
  constructor(page) {
    this.page = page;
    this.muted = false;
    this.over = false;
    this.sound = new Sound({
      lineRate: LINE_RATE,
      onFrame: (buffer) => this.sendFrame(buffer),
      onMark: (id) => this.send({ type: "mark", id }),
      onLevel: (level) => this.over || page.level("line", level),
    });
    this.sound.onLost = () => this.fail("The microphone was taken away: check it, then call again.");
  }

  async start(number) {
    this.page.reset();
    this.page.state("connecting");
    this.page.calling(true);
    try {
      await this.sound.open();
      if (this.over) return this.sound.close();
      const token = await fetchToken(number);
      if (!this.over) this.connect(token);
    } catch (error) {
      if (!(error instanceof SoundError || error instanceof TokenError)) console.error(error);
      this.fail(error.message);
    }
  }

  connect(token) {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/v1/call`, "warmline.v1");
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => this.send({ type: "hello", token, sample_rate: LINE_RATE });
    this.socket.onmessage = ({ data }) => this.take(data);
    this.socket.onclose = ({ code, reason }) => {
      if (code === 1000) this.finish();
      else if (!this.over) this.fail(`The connection was lost: ${reason || `no answer (${code})`}`);
    };
  }

  take(data) {
    if (this.over) return;
    if (data instanceof ArrayBuffer) {
      this.sound.play(data);
      return;
    }
    const message = JSON.parse(data);
    switch (message.type) {
      case "mark":
        this.sound.mark(message.id);
        break;
      case "clear":
        this.sound.clear();
        break;
      case "live":
        this.sound.live(message.on);
        break;
      case "state":
        this.page.state(message.state);
        break;
      case "partial":
        this.page.partial(message.text);
        break;
      case "turn":
        this.page.turn(message);
        break;
      case "delay":
        this.page.delay(message);
        break;
      case "ended":
        this.finish(REASONS[message.reason] ?? `Call ended: ${message.reason}`);
        break;
      case "error":
        this.fail(`The line says: ${message.message}`);
        break;
    }
  }

  sendFrame(buffer) {
    if (this.over) return;
    if (this.muted) buffer = new ArrayBuffer(buffer.byteLength);
    this.page.level("you", rms(buffer));
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    if (this.socket.bufferedAmount > MOST_UNSENT_BYTES) {
      this.fail("The network is too slow for a call: try again where it is better.");
      return;
    }
    this.socket.send(buffer);
  }

  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  hangUp() {
    this.send({ type: "hangup" });
    this.finish(REASONS.caller_hung_up);
  }

  fail(message) {
    if (this.over) return;
    this.page.error(message);
    this.finish();
  }

  finish(text) {
    if (this.over) return;
    this.over = true;
    this.sound.close();
    this.socket?.close(1000);
    this.page.state("ended", text);
    this.page.calling(false);
  }
}

class TokenError extends Error {}

// A token in the address (/#token=...) goes first; it is good for one call.
async function fetchToken(number) {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    history.replaceState(null, "", location.pathname);
    return given;
  }
  let answer;
  try {
    answer = await fetch(`/v1/token?caller=${encodeURIComponent(number)}`);
  } catch {
    throw new TokenError("The server does not answer: check that it is running.");
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new TokenError(`No token to call with: ${body.error ?? `status ${answer.status}`}`);
  }
  return body.token;
}

const page = new Page();
let call = null;

// In a frame of another site there is little room, and who calls is that site's business.
if (new URLSearchParams(location.search).has("embedded")) {
  document.documentElement.classList.add("embedded");
  element("number").value = "";
}

element("call-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (call && !call.over) return;
  element("mute").setAttribute("aria-pressed", "false");
  call = new Call(page);
  call.start(element("number").value.trim());
});

element("hang-up").addEventListener("click", () => call?.hangUp());

element("mute").addEventListener("click", () => {
  call.muted = !call.muted;
  element("mute").setAttribute("aria-pressed", String(call.muted));
});

element("keypad").addEventListener("click", ({ target }) => {
  if (target instanceof HTMLButtonElement) press(target.dataset.key ?? target.textContent);
});

// Digits typed anywhere but into the number field are keys of the telephone.
document.addEventListener("keydown", ({ key, target, ctrlKey, altKey, metaKey }) => {
  if (ctrlKey || altKey || metaKey || target instanceof HTMLInputElement) return;
  if (/^[0-9*#]$/.test(key)) press(key);
});

function press(key) {
  if (call && !call.over) call.send({ type: "digit", key });
}

addEventListener("pagehide", () => call && !call.over && call.hangUp());
