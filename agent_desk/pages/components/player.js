// A recording with its transcript: the turn that is heard is marked and kept in view, a click on a
// turn plays from there. Without a recording it is the transcript alone.
const STEP_S = 5;
const two = (value) => String(value).padStart(2, "0");
const written = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
};

export default {
  props: { call: Object },
  data: () => ({ at: 0, playing: false, loaded: 0, problem: "", chosen: 0 }),
  template: `
    <div class="player">
      <div v-if="plays" class="controls" role="group" aria-label="Recording">
        <audio ref="audio" :src="call.source" preload="metadata" @timeupdate="follow"
          @play="playing = true; every()" @pause="playing = false" @ended="playing = false"
          @durationchange="measured" @error="failed"></audio>
        <button type="button" class="play" :aria-label="playing ? 'Pause' : 'Play'"
          aria-keyshortcuts="Space" @click="toggle">
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path v-if="playing" d="M6 4h4v16H6zM14 4h4v16h-4z"/>
            <path v-else d="M7 4l13 8-13 8z"/></svg></button>
        <div class="line">
          <div class="track" aria-hidden="true">
            <i v-for="part in parts" :key="part.key" :class="part.kind"
              :style="{left: part.left, width: part.width}"></i>
            <b :style="{left: percent(at)}"></b>
          </div>
          <input ref="seek" type="range" min="0" :max="length" step="0.1" :value="at"
            aria-label="Place in the recording" :aria-valuetext="written(at)"
            @input="go(Number($event.target.value))">
        </div>
        <span class="time tabular">{{ written(at) }} / {{ written(length) }}</span>
        <select aria-label="Speed" @change="$refs.audio.playbackRate = Number($event.target.value)">
          <option value="1">1×</option><option value="1.25">1.25×</option>
          <option value="1.5">1.5×</option><option value="2">2×</option></select>
      </div>
      <p v-if="problem || call.note" class="note" role="status">{{ problem || call.note }}</p>
      <ol ref="list" class="turns" aria-label="Transcript">
        <li v-for="(row, index) in rows" :key="row.key" :class="row.kind">
          <p v-if="row.pause" class="pause">Not recorded for {{ row.pause }} s: a code was
            spoken.</p>
          <component v-else :is="row.start === null || !plays ? 'div' : 'button'" class="turn"
            :class="[row.speaker, {now: index === current}]" :data-index="index"
            :type="row.start === null || !plays ? null : 'button'"
            :tabindex="index === reached ? 0 : -1"
            :aria-current="index === current ? 'true' : null" @click="play(index)">
            <span class="who">{{ row.who }}</span>
            <span class="words"><template v-for="(piece, n) in row.pieces" :key="n">
              <span v-if="piece.sure !== null" class="doubtful"
                :title="'Not sure that this was said (' + piece.sure + ' %)'">{{ piece.text }}</span>
              <template v-else>{{ piece.text }}</template>{{ " " }}</template><span
              v-if="row.unheard" class="unheard" title="The caller did not hear this">
                {{ row.unheard }}</span></span>
            <span class="at">{{ row.at }}</span>
          </component>
        </li>
        <li v-if="!rows.length" class="empty">Nothing was said in this call.</li>
      </ol>
    </div>`,
  computed: {
    plays() { return Boolean(this.call.source) && !this.problem; },
    length() { return this.loaded || this.call.seconds || 0; },
    rows() {
      const rows = this.call.turns.map((turn) => ({ ...turn, key: `t${turn.id}`, kind: "said" }));
      if (!this.plays) return rows;
      for (const { start, end } of this.call.paused) {
        const before = rows.findIndex((row) => row.start !== null && row.start > start);
        rows.splice(before < 0 ? rows.length : before, 0, {
          key: `p${start}`, kind: "paused", start, pause: Math.max(1, Math.round(end - start)),
        });
      }
      return rows;
    },
    current() {
      if (!this.plays) return -1;
      let found = -1;
      this.rows.forEach((row, index) => {
        if (!row.pause && row.start !== null && row.start <= this.at + 0.05) found = index;
      });
      return found;
    },
    // The one turn that Tab leads to.
    reached() {
      const index = this.plays && this.current >= 0 ? this.current : this.chosen;
      return this.rows[index]?.pause ? index + 1 : index;
    },
    parts() {
      const timed = this.rows.filter((row) => !row.pause && row.start !== null);
      const said = timed.map((row, index) => ({
        key: row.key, kind: row.speaker, start: row.start,
        end: timed[index + 1]?.start ?? this.length,
      }));
      const paused = this.call.paused.map((span) => ({ ...span, key: `p${span.start}`,
        kind: "paused" }));
      return [...said, ...paused].map((part) => ({ ...part, left: this.percent(part.start),
        width: this.percent(part.end - part.start) }));
    },
  },
  watch: {
    current(index) { this.reveal(index); },
  },
  mounted() {
    this.keys = (event) => this.pressed(event);
    document.addEventListener("keydown", this.keys);
  },
  unmounted() { document.removeEventListener("keydown", this.keys); },
  methods: {
    written,
    percent(seconds) {
      return `${this.length ? Math.min(100, (seconds / this.length) * 100) : 0}%`;
    },
    measured() {
      const length = this.$refs.audio.duration;
      if (Number.isFinite(length)) this.loaded = length;
    },
    failed() {
      this.problem = "The recording cannot be played now. Its transcript is below.";
    },
    toggle() {
      const audio = this.$refs.audio;
      if (audio.paused) audio.play().catch(() => {});
      else audio.pause();
    },
    go(seconds) {
      this.at = Math.min(Math.max(0, seconds), this.length);
      this.$refs.audio.currentTime = this.at;
    },
    play(index) {
      this.chosen = index;
      const { start } = this.rows[index];
      if (!this.plays || start === null) return;
      this.go(start);
      this.$refs.audio.play().catch(() => {});
    },
    follow() { this.at = this.$refs.audio?.currentTime ?? 0; },
    every() {
      this.follow();
      if (this.playing) requestAnimationFrame(() => this.every());
    },
    // Only the list scrolls, never the page.
    reveal(index) {
      const list = this.$refs.list;
      const item = list?.children[index];
      if (!item) return;
      const [top, bottom] = [item.offsetTop, item.offsetTop + item.offsetHeight];
      const spare = Math.min(80, list.clientHeight / 4);
      if (top - spare < list.scrollTop) list.scrollTop = top - spare;
      else if (bottom + spare > list.scrollTop + list.clientHeight) {
        list.scrollTop = bottom + spare - list.clientHeight;
      }
    },
    step(by) {
      let index = this.plays && this.current >= 0 ? this.current : this.chosen;
      if (this.plays && this.current < 0) index = by > 0 ? -1 : 0;
      do index += by; while (this.rows[index]?.pause
        || (this.plays && this.rows[index]?.start === null));
      if (!this.rows[index]) return;
      this.chosen = index;
      if (this.plays) this.go(this.rows[index].start);
      this.reveal(index);
      this.$nextTick(() => {
        this.$refs.list.querySelector(`[data-index="${index}"]`)?.focus({ preventScroll: true });
      });
    },
    pressed(event) {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (document.querySelector("dialog[open]")) return;
      const target = event.target;
      const own = this.$el.contains(target);
      if (target.closest?.("textarea, select, input:not([type=range])")) return;
      if (event.key === " " && target.closest?.("button, a, summary") && !own) return;
      const steps = { ArrowUp: -1, ArrowDown: 1 };
      const seconds = { ArrowLeft: -STEP_S, ArrowRight: STEP_S };
      if (event.key in steps) this.step(steps[event.key]);
      else if (this.plays && event.key in seconds) this.go(this.at + seconds[event.key]);
      else if (this.plays && event.key === " ") {
        // A focused button of ours would be clicked on the way up.
        if (own && target.matches("button")) target.blur();
        this.toggle();
      } else return;
      event.preventDefault();
    },
  },
};
