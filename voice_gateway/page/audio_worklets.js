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

class Speaker extends AudioWorkletProcessor {
  constructor({ processorOptions: { lineRate } }) {
    super();
    this.step = lineRate / sampleRate;
    this.queue = []; // Int16Arrays and marks ({ mark: id })
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
    } else {
      this.queue.push(data.audio ? new Int16Array(data.audio) : data);
    }
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
    return 0;
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
