// The browser's microphone and loudspeaker as a telephone needs them: 20 ms frames of 16-bit audio.

// What keeps the microphone from working, for people; `name` is the browser's own, for programs.
export class SoundError extends Error {
  constructor(message, name = "SoundError") {
    super(message);
    this.name = name;
  }
}

const REASONS = {
  NotAllowedError: "Microphone blocked: allow it for this page in the browser's address bar",
  NotFoundError: "No microphone found: plug one in",
  NotReadableError: "The microphone is in use by another program: close that",
};

export class Sound {
  // onFrame(ArrayBuffer) for each 20 ms of the microphone; onMark(id) when a mark has been played;
  // onLevel(rms 0..1) of what is being played. `tryAgain` says what to do once the microphone works.
  constructor({ lineRate, onFrame, onMark, onLevel, tryAgain = "call again" }) {
    this.lineRate = lineRate;
    this.tryAgain = tryAgain;
    this.onFrame = onFrame;
    this.onMark = onMark;
    this.onLevel = onLevel;
  }

  async open() {
    if (!window.isSecureContext || !navigator.mediaDevices) {
      throw new SoundError(
        "The browser gives the microphone to safe pages only: open this one by https, " +
          "or on the server's own machine as http://localhost.",
      );
    }
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        // Noise suppression is made for human ears and takes words from a recogniser's.
        audio: {
          channelCount: 1,
          echoCancellation: true,
          noiseSuppression: false,
          autoGainControl: true,
        },
      });
    } catch (error) {
      const reason = REASONS[error.name];
      throw new SoundError(
        reason ? `${reason}, then ${this.tryAgain}.` : `The microphone does not work: ${error.message}`,
        error.name,
      );
    }
    const source = this.connectSource();
    await this.context.audioWorklet.addModule(new URL("audio_worklets.js", import.meta.url));
    const options = { processorOptions: { lineRate: this.lineRate } };
    this.microphone = new AudioWorkletNode(this.context, "microphone", {
      ...options,
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: "explicit",
    });
    this.speaker = new AudioWorkletNode(this.context, "speaker", {
      ...options,
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    this.microphone.port.onmessage = ({ data }) => this.onFrame(data);
    this.speaker.port.onmessage = ({ data }) => {
      if (data.mark === undefined) {
        this.onLevel(data.level);
      } else {
        // What has left the worklet is heard only after the device's own buffer.
        setTimeout(() => this.onMark(data.mark), 1000 * (this.context.outputLatency || 0));
      }
    };
    source.connect(this.microphone);
    this.speaker.connect(this.context.destination);
    await this.context.resume();
    this.stream.getAudioTracks()[0].onended = () => this.onLost?.();
  }

  // A context at the line's rate lets the browser resample well. Where that is refused (Firefox
  // connects a microphone only at its own rate), filter here and let the worklet do the rest.
  connectSource() {
    this.context = new AudioContext({ sampleRate: this.lineRate });
    try {
      return this.context.createMediaStreamSource(this.stream);
    } catch {
      this.context.close();
    }
    this.context = new AudioContext();
    let node = this.context.createMediaStreamSource(this.stream);
    for (const Q of [0.54, 1.31]) {
      const lowpass = new BiquadFilterNode(this.context, {
        type: "lowpass",
        frequency: 0.42 * this.lineRate,
        Q: 20 * Math.log10(Q),
      });
      node.connect(lowpass);
      node = lowpass;
    }
    return node;
  }

  play(buffer) {
    this.speaker.port.postMessage({ audio: buffer }, [buffer]);
  }

  mark(id) {
    this.speaker.port.postMessage({ mark: id });
  }

  clear() {
    this.speaker.port.postMessage({ clear: true });
  }

  // Live audio, which comes as it is spoken, is kept from tearing and from piling up; other audio
  // may be sent ahead as far as the sender likes.
  live(on) {
    this.speaker.port.postMessage({ live: on });
  }

  close() {
    this.stream?.getTracks().forEach((track) => track.stop());
    if (this.context && this.context.state !== "closed") this.context.close();
  }
}

export function rms(buffer) {
  const samples = new Int16Array(buffer);
  let power = 0;
  for (const sample of samples) power += sample * sample;
  return Math.sqrt(power / samples.length) / 32768;
}
