// The turns of a call. They are only ever added or replaced one by one, whatever their number, and
// the list stays at its end unless the reader has scrolled up.
const NEAR_PX = 24;
const SPARE = new Map([["caller", "caller"], ["bot", "bot"], ["agent", "agent"]]);

export default {
  props: { turns: Array, label: String },
  template: `
    <div class="transcript">
      <ol ref="list" class="turns" role="log" tabindex="0" :aria-label="label"
        @scroll.passive="scrolled"></ol>
      <button ref="fresh" type="button" class="fresh" hidden @click="toEnd">
        New below <span aria-hidden="true">&darr;</span></button>
    </div>`,
  mounted() {
    this.items = new Map();
    this.sticks = true;
    this.shown = new ResizeObserver(() => this.sticks && this.toEnd());
    this.shown.observe(this.$refs.list);
    this.reset(this.turns ?? []);
  },
  beforeUnmount() { this.shown.disconnect(); },
  methods: {
    reset(turns) {
      // A page opened during a call gets its turns twice: with itself, and as a message.
      const told = JSON.stringify(turns);
      if (told === this.told) return;
      this.told = told;
      this.items.clear();
      // What is there at once is not read out as news.
      this.$refs.list.setAttribute("aria-live", "off");
      this.$refs.list.replaceChildren(...turns.map((turn) => this.item(turn)));
      this.toEnd();
      setTimeout(() => this.$refs.list?.setAttribute("aria-live", "polite"), 500);
    },
    put(turn) {
      this.told = null;
      const old = this.items.get(turn.id);
      const item = this.item(turn);
      if (old) old.replaceWith(item);
      else this.$refs.list.append(item);
      if (this.sticks) this.toEnd();
      else if (!old) this.$refs.fresh.hidden = false;
    },
    item(turn) {
      const item = document.createElement("li");
      item.className = `turn ${SPARE.get(turn.speaker) ?? "bot"}`;
      const part = (tag, name, text) => {
        const element = document.createElement(tag);
        element.className = name;
        element.textContent = text;
        return element;
      };
      const words = document.createElement("p");
      turn.pieces.forEach((piece, index) => {
        if (index) words.append(" ");
        if (piece.sure === null) words.append(piece.text);
        else {
          const doubtful = part("span", "doubtful", piece.text);
          doubtful.title = `Not sure that this was said (${piece.sure} %)`;
          words.append(doubtful);
        }
      });
      if (turn.unheard) {
        const rest = part("span", "unheard", ` ${turn.unheard}`);
        rest.title = "The caller did not hear this";
        words.append(rest);
      }
      item.append(part("span", "who", turn.who), words, part("time", "at", turn.at));
      this.items.set(turn.id, item);
      return item;
    },
    scrolled() {
      const list = this.$refs.list;
      this.sticks = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_PX;
      if (this.sticks) this.$refs.fresh.hidden = true;
    },
    toEnd() {
      const list = this.$refs.list;
      list.scrollTop = list.scrollHeight;
      this.sticks = true;
      this.$refs.fresh.hidden = true;
    },
  },
};
