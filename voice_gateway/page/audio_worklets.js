// The two ends of the line in the browser's audio thread: microphone and speaker.
//
// Both convert between the context's sample rate and the line's by linear interpolation, which is
// exact when the two are the same. Filtering, where it is needed, is done by the audio graph.

const FRAMES_PER_SECOND = 50;

class Microphone extends AudioWorkletProcessor {
  constructor({ processorOptions: { lineRate } }) {
    super();
    this.step = sampleRate / lineRate;
    this.position = 0;
    this.last = 0;
    this.size = lineRate / FRAMES_PER_SECOND;
    this.frame = new Int16Array(this.size);
    this.filled = 0;
  }

  process([[samples]]) {
    if (!samples) return true;
    while (this.position < samples.length) {
      const at = Math.floor(this.position);
      const before = at === 0 ? this.last : samples[at - 1];
      this.put(before + (samples[at] - before) * (this.position - at));
      this.position += this.step;
    }
    this.position -= samples.length;
    this.last = samples[samples.length - 1];
    return true;
  }

  put(sample) {
    this.frame[this.filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
    if (this.filled < this.size) return;
    this.port.postMessage(this.frame.buffer, [this.frame.buffer]);
    this.frame = new Int16Array(this.size); // the old one now belongs to the other thread
    this.filled = 0;
  }
}

// Evens out live audio that comes at uneven times, as voice_gateway/bridge/jitter_buffer.py does at
// the other end: it waits as long as frames have lately been late, lets the last frame fade where
// one is missing, and drops what has piled up.
const SHORTEST_S = 0.02;
const LONGEST_S = 0.06;
const PAUSE_S = 0.3; // who sends nothing for longer has paused
const MEMORY_S = 10; // a late frame counts e times less after this long
const FIRST_GUESS_S = 0.02; // how late frames may be on a network not known yet
const SPARE = 0.25; // of a frame: so little more delay is not worth a frame more
const ONSET_S = 0.005;

class JitterBuffer {
  constructor(rate) {
    this.rate = rate;
    this.frames = [];
    this.chunk = new Float32Array(0); // what is being played
    this.offset = 0;
    this.latest = -Infinity;
    this.lateness = FIRST_GUESS_S;
    this.playing = false;
    this.driedUp = 0; // when the last frame was missed
    this.lastFrame = null;
    this.underruns = 0;
    this.dropped = 0;
  }

  get delay() {
    return SHORTEST_S + this.lateness;
  }

  push(samples, now) {
    const passed = now - this.latest;
    if (passed <= PAUSE_S) {
      const late = passed - samples.length / this.rate;
      const faded = this.lateness * Math.exp(-passed / MEMORY_S);
      this.lateness = Math.max(Math.min(late, LONGEST_S - SHORTEST_S), faded);
    }
    this.latest = now;
    this.frames.push(samples);
  }

  pull(now) {
    if (this.offset >= this.chunk.length) {
      this.chunk = this.next(now);
      this.offset = 0;
    }
    return this.chunk[this.offset++];
  }

  next(now) {
    const silence = new Float32Array(Math.round(this.rate * ONSET_S));
    if (!this.playing) {
      if (!this.frames.length) return silence;
      const ahead = ((this.frames.length - 1) * this.frames[0].length) / this.rate;
      if (now - this.latest + ahead < this.delay) return silence; // how long the newest would wait
      this.playing = true;
    }
    if (this.frames.length) return this.nextFrame();
    if (this.lastFrame) {
      // Backwards, it goes on exactly where it ended.
      const fading = this.lastFrame.map((_, i, all) => all[all.length - 1 - i] * (1 - i / all.length));
      this.lastFrame = null;
      this.driedUp = now;
      return fading;
    }
    if (now - this.driedUp > PAUSE_S) {
      this.playing = false;
      this.driedUp = 0;
    }
    return silence;
  }

  nextFrame() {
    let frame = toFloat(this.frames.shift());
    const most = Math.ceil((this.delay * this.rate) / frame.length - SPARE);
    const excess = this.frames.length - most;
    if (excess > 0) {
      this.dropped += excess;
      const following = toFloat(this.frames.splice(0, excess).at(-1));
      frame = frame.map((v, i, all) => v + ((following[i] ?? 0) - v) * (i / all.length));
    }
    if (!this.lastFrame) {
      if (this.driedUp) this.underruns += 1;
      const onset = this.rate * ONSET_S;
      frame = frame.map((v, i) => v * Math.min(1, i / onset));
    }
    this.driedUp = 0;
    this.lastFrame = frame;
    return frame;
  }
}

function toFloat(samples) {
  return Float32Array.from(samples, (sample) => sample / 32768);
}

class Speaker extends AudioWorkletProcessor {
  constructor({ processorOptions: { lineRate } }) {
    super();
    this.lineRate = lineRate;
    this.step = lineRate / sampleRate;
    this.queue = []; // Int16Arrays and marks ({ mark: id })
    this.live = null; // the jitter buffer, while audio is live
    this.offset = 0; // into the first array
    this.position = 1; // between `last` (0) and `next` (1)
    this.last = 0;
    this.next = 0;
    this.power = 0;
    this.counted = 0;
    this.port.onmessage = ({ data }) => this.take(data);
  }

  take(data) {
    if (data.clear) {
      this.queue = [];
      this.offset = 0;
      if (this.live) this.live = new JitterBuffer(this.lineRate);
    } else if (data.live !== undefined) {
      this.goLive(data.live);
    } else if (this.live && data.audio) {
      this.live.push(new Int16Array(data.audio), currentTime);
    } else {
      this.queue.push(data.audio ? new Int16Array(data.audio) : data);
    }
  }

  goLive(on) {
    if (on === Boolean(this.live)) return;
    if (!on) this.queue.push(...this.live.frames);
    this.live = on ? new JitterBuffer(this.lineRate) : null;
  }

  pull() {
    while (this.queue.length) {
      const first = this.queue[0];
      if (first.mark !== undefined) {
        this.port.postMessage({ mark: first.mark });
        this.queue.shift();
      } else if (this.offset >= first.length) {
        this.offset = 0;
        this.queue.shift();
      } else {
        return first[this.offset++] / 32768;
      }
    }
    return this.live ? this.live.pull(currentTime) : 0;
  }

  process(inputs, [[samples]]) {
    for (let i = 0; i < samples.length; i++) {
      while (this.position >= 1) {
        this.last = this.next;
        this.next = this.pull();
        this.position -= 1;
      }
      samples[i] = this.last + (this.next - this.last) * this.position;
      this.position += this.step;
      this.power += samples[i] * samples[i];
    }
    this.counted += samples.length;
    if (this.counted >= sampleRate / FRAMES_PER_SECOND) {
      this.port.postMessage({ level: Math.sqrt(this.power / this.counted) });
      this.power = 0;
      this.counted = 0;
    }
    return true;
  }
}

registerProcessor("microphone", Microphone);
registerProcessor("speaker", Speaker);
