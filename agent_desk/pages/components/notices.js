// Short messages above the call bar; what went wrong stays longer.
export default {
  data: () => ({ notices: [], last: 0 }),
  template: `
    <div class="notices" aria-live="polite">
      <div v-for="notice in notices" :key="notice.id" class="notice" :class="notice.kind"
        :role="notice.kind === 'problem' ? 'alert' : 'status'">
        <span>{{ notice.text }}</span>
        <button type="button" aria-label="Dismiss" @click="drop(notice.id)">&times;</button>
      </div>
    </div>`,
  methods: {
    tell(text, kind) {
      const id = ++this.last;
      this.notices = [...this.notices.filter((each) => each.text !== text), { id, text, kind }];
      setTimeout(() => this.drop(id), kind === "problem" ? 12000 : 5000);
    },
    drop(id) { this.notices = this.notices.filter((each) => each.id !== id); },
  },
};
