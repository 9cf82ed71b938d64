// The agent's headset: the browser's microphone and loudspeaker, over a WebSocket to the line.
//
// It connects once and stays connected; sound flows only while the agent is in a call, so that an
// accepted call is heard at once. What the microphone takes never leaves the browser before that.

import { Sound, SoundError, rms } from "./sound/sound.js";

export { SoundError };

const LINE_RATE = 16000;
const MOST_UNSENT_BYTES = LINE_RATE; // half a second: older live sound is worth nothing
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5000;
const STABLE_MS = 5000; // a connection that lasted this long may be tried again at once
const SIGNED_OUT = 4401;

let headset = null;

// Ask for the microphone and connect; throws a SoundError, with words for people, without one.
//
// url: of the WebSocket, absolute or relative to the page.
// onState({ state, message }): "connecting" (again, after a loss), "ready" (no call), "live" (the
//   agent is heard), "blocked" (no microphone), "lost" (microphone taken away, or signed out).
// onLevel(mine, theirs): 50 times a second; 0 is -60 dB, 1 full scale.
//
// Returns { mute(on), close() }, which the functions of this module do for the latest connection.
export async function connect({ url, onState = () => {}, onLevel = () => {} }) {
  headset?.close();
  headset = new Headset(new URL(url, location.href), onState, onLevel);
  const mine = headset;
  await mine.open();
  return { mute: (on) => mine.mute(on), close: () => mine.close() };
}

// Send silence instead of what the microphone takes.
export function mute(on) {
  headset?.mute(on);
}

// Give the microphone back and hang up.
export function close() {
  headset?.close();
  headset = null;
}

class Headset {
  constructor(url, onState, onLevel) {
    this.url = url;
    this.url.protocol = this.url.protocol.replace("http", "ws");
    this.onState = onState;
    this.onLevel = onLevel;
    this.muted = false;
    this.live = false;
    this.over = false;
    this.theirs = 0;
    this.retryMs = FIRST_RETRY_MS;
    this.sound = new Sound({
      lineRate: LINE_RATE,
      tryAgain: "go online again",
      onFrame: (buffer) => this.takeFrame(buffer),
      onMark: () => {},
      onLevel: (level) => (this.theirs = loudness(level)),
    });
    this.sound.onLost = () =>
      this.finish("lost", "The microphone was taken away: check it, then go online again.");
  }

  async open() {
    this.onState({ state: "connecting", message: "" });
    try {
      await this.sound.open();
    } catch (error) {
      this.finish("blocked", error.message);
      throw error;
    }
    if (this.over) return this.sound.close();
    this.sound.live(true);
    this.dial();
  }

  dial() {
    if (this.over) return;
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.openedAt = Infinity;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.openedAt = performance.now();
      this.onState({ state: "ready", message: "" });
    };
    socket.onmessage = ({ data }) => this.take(data);
    socket.onclose = ({ code, reason }) => this.lost(code, reason);
  }

  lost(code, reason) {
    if (this.over) return;
    this.live = false;
    if (code === SIGNED_OUT) {
      this.finish("lost", "You are signed out: sign in again.");
      return;
    }
    if (performance.now() - this.openedAt > STABLE_MS) this.retryMs = FIRST_RETRY_MS;
    this.onState({
      state: "connecting",
      message: `The sound was cut off and is being connected again. ${reason}`.trim(),
    });
    // Desks that lost the same server do not all come back in the same moment.
    this.retry = setTimeout(() => this.dial(), this.retryMs * (0.75 + Math.random() / 2));
    this.retryMs = Math.min(2 * this.retryMs, LONGEST_RETRY_MS);
  }

  take(data) {
    if (this.over) return;
    if (data instanceof ArrayBuffer) {
      this.sound.play(data);
      return;
    }
    const message = JSON.parse(data);
    if (message.type !== "live") return;
    this.live = message.on;
    if (!this.live) this.sound.clear();
    this.onState({ state: this.live ? "live" : "ready", message: "" });
  }

  takeFrame(buffer) {
    if (this.over) return;
    if (this.muted) buffer = new ArrayBuffer(buffer.byteLength);
    this.onLevel(loudness(rms(buffer)), this.theirs);
    const open = this.live && this.socket?.readyState === WebSocket.OPEN;
    if (open && this.socket.bufferedAmount <= MOST_UNSENT_BYTES) this.socket.send(buffer);
  }

  mute(on) {
    this.muted = on;
  }

  close() {
    this.finish();
  }

  finish(state, message) {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.retry);
    this.sound.close();
    this.socket?.close(1000);
    if (state) this.onState({ state, message });
  }
}

// From -60 dB (0) to full scale (1).
function loudness(level) {
  return level > 0 ? Math.max(0, Math.min(1, 1 + (20 / 60) * Math.log10(level))) : 0;
}
