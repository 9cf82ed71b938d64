// A field to write in. What stands in it belongs to the writer: the server only fills it when told.
const PAUSE_MS = 400;

export default {
  props: {
    label: String, value: String, rows: Number, kind: String, placeholder: String,
    longest: Number, focusKey: String, clears: Boolean,
  },
  template: `
    <textarea v-if="rows" ref="box" :rows="rows" :aria-label="label" :placeholder="placeholder"
      :maxlength="longest" :data-focus-key="focusKey || null"
      @input="later" @blur="now"></textarea>
    <input v-else ref="box" :type="kind" :aria-label="label" :placeholder="placeholder"
      :maxlength="longest" :data-focus-key="focusKey || null" autocomplete="off"
      @input="later" @blur="now" @keydown.enter.prevent="enter">`,
  watch: {
    // Told before the page was there: it gives way to what has been written since.
    value(value) { if (this.$refs.box.value === this.told) this.fill(value); },
  },
  mounted() {
    this.$refs.box.value = this.told = this.value ?? "";
  },
  beforeUnmount() { clearTimeout(this.timer); },
  methods: {
    later() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.now(), PAUSE_MS);
    },
    now() {
      clearTimeout(this.timer);
      const written = this.$refs.box.value;
      if (written === this.told) return;
      this.told = written;
      this.$emit("written", written);
    },
    enter(event) {
      if (event.isComposing) return;
      if (!this.clears) { this.now(); return; }
      clearTimeout(this.timer);
      const written = this.$refs.box.value.trim();
      if (!written) return;
      this.$refs.box.value = this.told = "";
      this.$emit("entered", written);
    },
    fill(value) {
      clearTimeout(this.timer);
      this.$refs.box.value = this.told = value;
    },
  },
};
