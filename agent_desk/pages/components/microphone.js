// The agent's voice: begins by a click the first time, by itself from then on, and shows how loud
// both sides are. Browsers want a click before they give a microphone.
const KEPT = "warmline.online";
const WORDS = {
  connecting: "Connecting", ready: "Ready to talk", live: "You are heard", muted: "Muted",
};
const SPOKEN_EVERY = 25; // of the frames; more often nobody could listen to

export default {
  props: { muted: Boolean, module: String, url: String },
  emits: ["online", "problem"],
  data: () => ({ state: "off" }),
  template: `
    <div class="microphone" :data-state="shown">
      <button v-if="offers" type="button" class="button primary" @click="start(true)">
        <span class="label">Go online</span></button>
      <template v-else>
        <span class="mic-state" role="status">{{ words }}</span>
        <div class="meters">
          <div v-for="side in ['Your microphone', 'The caller']" :key="side" ref="meters"
            class="meter" role="meter" :aria-label="side" :title="side" aria-valuemin="0"
            aria-valuemax="100" aria-valuenow="0"><div></div></div>
        </div>
      </template>
    </div>`,
  computed: {
    offers() { return !(this.state in WORDS); },
    shown() { return this.state === "live" && this.muted ? "muted" : this.state; },
    words() { return WORDS[this.shown] ?? ""; },
  },
  watch: {
    muted(on) { this.audio?.mute(on); },
  },
  mounted() {
    if (localStorage.getItem(KEPT) === "yes") this.start(false);
  },
  unmounted() { this.audio?.close(); },
  methods: {
    async start(asked) {
      this.state = "connecting";
      try {
        const { connect } = await import(this.module);
        this.audio = await connect({
          url: this.url,
          onState: ({ state, message }) => this.changed(state, message, asked),
          onLevel: (mine, theirs) => this.level(mine, theirs),
        });
        this.audio.mute(this.muted);
        localStorage.setItem(KEPT, "yes");
        this.$emit("online");
      } catch (error) {
        const message = error?.message || "The microphone cannot be used.";
        if (this.state === "connecting") this.changed("blocked", message, asked);
        if (asked) this.$emit("online"); // whoever has no voice types
      }
    },
    changed(state, message, asked) {
      this.state = state;
      // Who never asked to talk is not told that they cannot.
      if (message && (asked || state !== "blocked")) {
        this.$emit("problem", `${message} Until then you can type what is to be said.`);
      }
    },
    level(...levels) {
      this.frames = (this.frames ?? 0) + 1;
      levels.forEach((level, index) => {
        const meter = this.$refs.meters?.[index];
        if (!meter) return;
        meter.firstElementChild.style.transform = `scaleX(${level.toFixed(2)})`;
        if (this.frames % SPOKEN_EVERY === 0) meter.ariaValueNow = Math.round(level * 100);
      });
    },
  },
};
