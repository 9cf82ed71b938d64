// While it is on the page: a ring that shows how much of the time to answer is left, a soft tone,
// and a page title that says so in the list of tabs.
const ROUND = 2 * Math.PI * 26;
const EVERY_MS = 2600;
const TONES = [[659.25, 0], [880, 0.17]];

let context;
const tone = () => {
  try {
    context ??= new AudioContext();
    if (context.state === "suspended") context.resume();
    for (const [hertz, after] of TONES) {
      const start = context.currentTime + after;
      const [swing, loudness] = [context.createOscillator(), context.createGain()];
      swing.frequency.value = hertz;
      loudness.gain.setValueAtTime(0, start);
      loudness.gain.linearRampToValueAtTime(0.16, start + 0.02);
      loudness.gain.exponentialRampToValueAtTime(0.001, start + 0.5);
      swing.connect(loudness).connect(context.destination);
      swing.start(start);
      swing.stop(start + 0.55);
    }
  } catch (error) {
    console.warn("no tone for an offer:", error);
  }
};

export default {
  props: { until: Number, total: Number, title: String },
  data: () => ({ left: 0 }),
  template: `
    <div class="ring" role="timer" :aria-label="seconds + ' seconds left to answer'">
      <svg viewBox="0 0 60 60" aria-hidden="true">
        <circle class="track" cx="30" cy="30" r="26"/>
        <circle class="rest" cx="30" cy="30" r="26" :stroke-dasharray="round"
          :stroke-dashoffset="round * (1 - share)" transform="rotate(-90 30 30)"/>
      </svg>
      <span class="seconds">{{ seconds }}</span>
    </div>`,
  computed: {
    round: () => ROUND,
    // A moment before the offer began counts as its beginning.
    seconds() { return Math.max(0, Math.ceil(Math.min(this.left, this.total) / 1000)); },
    share() { return Math.min(1, Math.max(0, this.left / (this.total || 1))); },
  },
  methods: {
    tick() { this.left = this.until - window.deskNow(); },
  },
  created() { this.tick(); },
  mounted() {
    this.before = document.title;
    document.title = this.title;
    this.ticking = setInterval(() => this.tick(), 250);
    tone();
    this.ringing = setInterval(tone, EVERY_MS);
  },
  unmounted() {
    clearInterval(this.ticking);
    clearInterval(this.ringing);
    document.title = this.before;
  },
};
