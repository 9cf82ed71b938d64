// A time that ticks: up from `since`, or down to `until` (both in ms, by the server's clock).
// A computer whose clock is wrong by more than the way of a page takes is set right.
const MOST_UNDERWAY_MS = 1500;
const told = Number(document.querySelector('meta[name="desk-now"]')?.content);
const arrived = performance.timeOrigin
  + (performance.getEntriesByType("navigation")[0]?.responseStart ?? performance.now());
const ahead = told && Math.abs(arrived - told) > MOST_UNDERWAY_MS ? arrived - told : 0;
const serverNow = () => Date.now() - ahead;
window.deskNow = serverNow;

const clocks = new Set();
setInterval(() => clocks.forEach((clock) => clock.tick()), 250);

const written = (ms) => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value) => String(value).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
};

export default {
  props: { since: Number, until: Number },
  data: () => ({ text: "", late: false }),
  template: `<span :class="{late}">{{ text }}</span>`,
  watch: {
    since() { this.tick(); },
    until() { this.tick(); },
  },
  methods: {
    tick() {
      this.late = false;
      if (this.since) this.text = written(serverNow() - this.since);
      else if (this.until) {
        const left = this.until - serverNow();
        this.late = left < 0;
        this.text = (this.late ? "-" : "") + written(Math.abs(left) + (this.late ? 0 : 999));
      } else this.text = "";
    },
  },
  created() { this.tick(); },
  mounted() { clocks.add(this); },
  unmounted() { clocks.delete(this); },
};
