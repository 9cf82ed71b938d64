// The floor: told as a whole every other second, changed on the screen only where it is different.
// Times tick here, by the server's clock.
const two = (value) => String(value).padStart(2, "0");
const WAYS = [["listen", "Listen"], ["whisper", "Whisper"], ["barge_in", "Barge in"]];

export default {
  props: { floor: Object },
  data: () => ({ now: 0, ways: WAYS }),
  template: `
    <div class="floor scroll">
      <section class="alerts" aria-label="Alerts">
        <p v-if="!floor.alerts.length" class="all-well">
          <span class="dot" aria-hidden="true"></span>Nothing needs you now.</p>
        <article v-for="alert in floor.alerts" :key="alert.key" class="alert" :class="alert.kind"
          role="alert">
          <h3>{{ alert.title }}</h3>
          <p>{{ alert.advice }}
            <a v-if="alert.address" :href="alert.address">{{ alert.link }}</a></p>
        </article>
      </section>

      <section aria-labelledby="queues-title">
        <h2 id="queues-title">Queues <span class="quiet">Shares are of today; service level is who
          was answered within 20 seconds</span></h2>
        <p v-if="!floor.tiles.length" class="empty">No agent is signed in and nobody waits.</p>
        <div class="tiles">
          <article v-for="tile in floor.tiles" :key="tile.queue" class="tile"
            :class="{busy: tile.waiting}" :aria-label="tile.name">
            <header><h3>{{ tile.name }}</h3><span class="quiet">{{ tile.agents }}</span></header>
            <p class="in-line"><strong class="tabular">{{ tile.waiting }}</strong> waiting</p>
            <dl>
              <div><dt>Longest</dt>
                <dd class="tabular">{{ tile.since ? since(tile.since) : "–" }}</dd></div>
              <div><dt>Expected</dt><dd class="tabular">{{ tile.expected }}</dd></div>
              <div :title="tile.service_of + ' today'"><dt>Service level</dt>
                <dd class="tabular" :class="tile.service_kind">{{ tile.service }}</dd></div>
              <div :title="tile.service_of + ' today'"><dt>Abandoned</dt>
                <dd class="tabular" :class="tile.abandonment_kind">{{ tile.abandonment }}</dd></div>
            </dl>
          </article>
        </div>
      </section>

      <div class="columns">
        <section aria-labelledby="calls-title">
          <h2 id="calls-title">Live calls <span class="count">{{ floor.calls.length }}</span></h2>
          <div class="sheet">
            <table class="calls">
              <thead><tr><th scope="col">Caller</th><th scope="col">Where it is</th>
                <th scope="col">Mood</th><th scope="col">Lasts</th>
                <th scope="col">Join</th></tr></thead>
              <tbody>
                <tr v-if="!floor.calls.length"><td colspan="5" class="empty">No calls now.</td></tr>
                <tr v-for="call in floor.calls" :key="call.id" :class="{joined: call.joined}">
                  <th scope="row"><span class="name">{{ call.caller }}</span>
                    <span class="second"><span v-if="call.safety" class="badge alarm">Safety</span>
                      <span v-if="call.tier" class="badge" :class="call.tier">
                        {{ call.tier_label }}</span>
                      <span class="quiet">{{ call.number }}</span></span></th>
                  <td><span class="phase" :class="'is-' + call.phase">{{ call.phase_label }}</span>
                    <span v-if="call.since" class="quiet tabular">{{ since(call.since) }}</span></td>
                  <td><span class="feel" :class="call.mood_kind">{{ call.mood }}</span>
                    <span class="quiet">{{ call.trend }}</span></td>
                  <td class="tabular">{{ since(call.started) }}</td>
                  <td><span v-if="call.why_not && !call.joined" class="quiet">
                      {{ call.why_not }}</span>
                    <div v-else class="ways" role="group" :aria-label="'Join ' + call.caller">
                      <button v-for="[way, label] in ways" :key="way" type="button" class="way"
                        :aria-pressed="call.joined === way ? 'true' : 'false'"
                        @click="$emit('join', {call: call.id, way})">{{ label }}</button>
                      <button type="button" class="way leave" :disabled="!call.joined"
                        @click="$emit('leave')">Leave</button>
                    </div></td>
                </tr>
              </tbody>
            </table>
          </div>
        </section>

        <section aria-labelledby="agents-title">
          <h2 id="agents-title">Agents <span class="count">{{ floor.agents.length }}</span></h2>
          <div class="sheet">
            <table class="agents">
              <thead><tr><th scope="col">Name</th><th scope="col">State</th>
                <th scope="col">Since</th></tr></thead>
              <tbody>
                <tr v-if="!floor.agents.length"><td colspan="3" class="empty">
                  Nobody is signed in.</td></tr>
                <tr v-for="agent in floor.agents" :key="agent.name">
                  <th scope="row">{{ agent.name }}</th>
                  <td><span class="state" :data-state="agent.state">
                      <span class="dot" aria-hidden="true"></span>{{ agent.label }}</span>
                    <span class="quiet detail">{{ agent.detail }}</span></td>
                  <td class="tabular">{{ since(agent.since) }}</td>
                </tr>
              </tbody>
            </table>
          </div>
        </section>
      </div>
    </div>`,
  watch: { floor() { this.arrive(); } },
  created() {
    this.arrive();
    this.ticking = setInterval(() => this.tick(), 1000);
  },
  unmounted() { clearInterval(this.ticking); },
  methods: {
    arrive() {
      // The view that came quickest tells best how late it is there: no clock ever turns back.
      this.ahead = Math.max(this.ahead ?? -Infinity, this.floor.at - performance.now());
      this.tick();
    },
    tick() { this.now = performance.now() + this.ahead; },
    since(ms) {
      const seconds = Math.max(0, Math.floor((this.now - ms) / 1000));
      const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
      return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
    },
  },
};
