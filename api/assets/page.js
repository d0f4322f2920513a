// The page around GraphiQL: signing in as a person, example operations, the pictures of an answer.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const GRAPHQL = "/graphql";
  const REMEMBERED_PERSON = "handover:person";

  let people = [];      // the demo's people; empty when the demo is off
  let examples = [];
  let session = null;   // the tokens, kept in memory only
  let person = null;    // the demo person signed in, if it is one
  let loaded = "";      // the example text that was last put into the editor
  const ids = new Map(); // field name -> the id that the latest answer held under it

  // ---- talking to the API

  async function post(body) {
    const headers = { "Content-Type": "application/json", Accept: "application/graphql-response+json, application/json" };
    if (session) headers.Authorization = `Bearer ${session.accessToken}`;
    let response;
    try {
      response = await fetch(GRAPHQL, { method: "POST", headers, body: JSON.stringify(body), credentials: "omit" });
    } catch {
      return { status: 0, answer: { errors: [{ message: "The server cannot be reached." }] } };
    }
    const text = await response.text();
    try {
      return { status: response.status, answer: JSON.parse(text) };
    } catch {
      return { status: response.status, answer: { errors: [{ message: `HTTP ${response.status}: ${text.slice(0, 300)}` }] } };
    }
  }

  const isUnauthenticated = ({ status, answer }) =>
    status === 401 || (answer.errors || []).some((error) => error.extensions?.code === "UNAUTHENTICATED");

  /** Sends an operation as whoever is signed in; an access token that has run out is renewed once. */
  async function send(body) {
    let result = await post(body);
    if (session && isUnauthenticated(result) && (await renew())) result = await post(body);
    return result.answer;
  }

  /** GraphiQL's way to the API. */
  async function fetcher(params) {
    const answer = await send(params);
    if (params.operationName !== "IntrospectionQuery") {
      remember(answer.data);
      showPictures(answer.data);
    }
    return answer;
  }

  // ---- the session

  const TOKENS =
    "session { accessToken refreshToken viewer { name memberships { project { id } } } } userErrors { message }";
  const CREATE = `mutation SignIn($input: SessionCreateInput!) { outcome: sessionCreate(input: $input) { ${TOKENS} } }`;
  const REFRESH = `mutation Renew($input: SessionRefreshInput!) { outcome: sessionRefresh(input: $input) { ${TOKENS} } }`;

  async function tokens(query, input) {
    const { answer } = await post({ query, variables: { input } });
    const outcome = answer.data?.outcome;
    const problem = outcome?.userErrors?.[0] || answer.errors?.[0];
    return outcome?.session ? { session: outcome.session } : { problem: problem?.message || "Signing in failed." };
  }

  async function signIn(login, password) {
    session = null;
    ids.clear();
    const outcome = await tokens(CREATE, { login, password, device: "Browser" });
    session = outcome.session || null;
    person = session ? people.find((one) => one.login === login) || null : null;
    if (!session) return showWho(outcome.problem, true);
    if (person) sessionStorage.setItem(REMEMBERED_PERSON, login);
    showWho(`Signed in as ${person ? `${person.name}, ${words(person.role)}` : session.viewer?.name || login}`);
    remember(session.viewer);
  }

  async function renew() {
    const { refreshToken } = session;
    session = null;
    session = (await tokens(REFRESH, { refreshToken })).session || null;
    if (!session) {
      person = null;
      showWho("Signed out: the session has ended.", true);
    }
    return session !== null;
  }

  async function signOut() {
    if (session) await post({ query: "mutation SignOut { sessionRevoke(input: {}) { userErrors { message } } }" });
    session = null;
    person = null;
    ids.clear();
    sessionStorage.removeItem(REMEMBERED_PERSON);
    showWho("Not signed in");
  }

  function showWho(text, problem = false) {
    byId("who").textContent = text;
    byId("who").classList.toggle("problem", problem);
    byId("sign-out").hidden = !session;
    byId("person").value = person ? person.login : "";
    byId("sign-in").hidden = people.length > 0 || session !== null;
    listExamples();
  }

  const words = (code) => code.toLowerCase().replaceAll("_", " ");

  function listPeople() {
    const select = byId("person");
    select.replaceChildren(new Option("Choose a person…", ""));
    for (const party of new Set(people.map((one) => one.party))) {
      const group = document.createElement("optgroup");
      group.label = words(party);
      for (const one of people.filter((other) => other.party === party)) {
        group.append(new Option(`${one.name} – ${words(one.role)}`, one.login));
      }
      select.append(group);
    }
    byId("demo-sign-in").hidden = people.length === 0;
    byId("sign-in").hidden = people.length > 0;
  }

  // ---- examples

  /** A new UUIDv7, as a tablet makes them for what it creates. */
  function freshId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let time = Date.now();
    for (let i = 5; i >= 0; i -= 1, time = Math.floor(time / 256)) bytes[i] = time % 256;
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  /** Fills {{new}}, {{now}} and {{name}} into an example's variables; what is not known yet stays. */
  function fill(variables) {
    return variables.replace(/\{\{(\w+)\}\}/g, (whole, name) => {
      if (name === "new") return freshId();
      if (name === "now") return new Date().toISOString();
      return ids.get(name) ?? whole;
    });
  }

  /** Keeps the first id under each field of an answer, by the field's name without its plural. */
  function remember(data) {
    const seen = new Set();
    const visit = (value, name) => {
      if (Array.isArray(value)) return value.forEach((item) => visit(item, name));
      if (value === null || typeof value !== "object") return undefined;
      if (name && typeof value.id === "string" && !seen.has(name)) {
        seen.add(name);
        ids.set(name, value.id);
      }
      for (const [key, child] of Object.entries(value)) {
        const inner = ["nodes", "node", "edges"].includes(key);
        visit(child, inner ? name : key.replace(/ies$/, "y").replace(/s$/, ""));
      }
      return undefined;
    };
    visit(data, "");
  }

  function listExamples() {
    const list = byId("examples");
    const role = person?.role;
    const roles = [...new Set(examples.map((example) => example.role))];
    const rank = (one) => (one === role ? 0 : one === "ANY" ? 1 : 2);
    roles.sort((a, b) => rank(a) - rank(b));
    list.replaceChildren();
    for (const one of roles) {
      const title = document.createElement("h2");
      title.textContent = one === "ANY" ? "everybody" : words(one);
      list.append(title);
      for (const example of examples.filter((other) => other.role === one)) list.append(exampleButton(example));
    }
    const hint = document.createElement("p");
    hint.textContent = people.length > 0
      ? "An example of another role signs in as a person who has it."
      : "Sign in as a person of the role that an example names.";
    list.append(hint);
  }

  function exampleButton(example) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = example.title;
    button.setAttribute("aria-current", String(example.query === loaded));
    button.addEventListener("click", () => load(example));
    return button;
  }

  async function load(example) {
    const actor = people.find((one) => one.role === example.role);
    if (actor && person?.role !== example.role) await signIn(actor.login, actor.password);
    if (!(await freeTab())) return;
    loaded = example.query;
    editor(".graphiql-query-editor")?.setValue(example.query);
    editor(".graphiql-editor-tool")?.setValue(fill(example.variables));
    listExamples();
  }

  const editor = (place) => document.querySelector(`${place} .CodeMirror`)?.CodeMirror;

  /** Makes sure that no text of the user's own is overwritten: opens another tab for the example then. */
  async function freeTab() {
    const current = editor(".graphiql-query-editor");
    if (!current) return false;
    const text = current.getValue();
    if (text.trim() !== "" && !examples.some((example) => example.query.trim() === text.trim())) {
      document.querySelector(".graphiql-tab-add")?.click();
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    }
    return true;
  }

  // ---- pictures

  /** Shows what an answer links to as pictures; links that are none remove themselves. */
  function showPictures(data) {
    const found = new Set();
    const visit = (value, key) => {
      if (typeof value === "string") {
        if (/url$/i.test(key) && /^https?:/.test(value)) found.add(value);
      } else if (value && typeof value === "object") {
        for (const [name, child] of Object.entries(value)) visit(child, Array.isArray(value) ? key : name);
      }
    };
    visit(data, "");
    const strip = byId("pictures");
    strip.replaceChildren(...[...found].slice(0, 24).map(picture));
    strip.hidden = found.size === 0;
  }

  function picture(address) {
    const link = document.createElement("a");
    Object.assign(link, { href: address, target: "_blank", rel: "noreferrer" });
    const image = new Image();
    image.alt = "";
    image.addEventListener("error", () => {
      link.remove();
      byId("pictures").hidden = byId("pictures").childElementCount === 0;
    });
    image.src = address;
    link.append(image);
    return link;
  }

  // ---- start

  async function json(address) {
    try {
      const response = await fetch(address);
      return response.ok ? await response.json() : [];
    } catch {
      return [];
    }
  }

  function showGraphiql() {
    const first = examples[0];
    const tabs = first ? [{ query: first.query, variables: fill(first.variables) }] : undefined;
    loaded = first?.query ?? "";
    ReactDOM.createRoot(byId("graphiql")).render(
      React.createElement(GraphiQL, {
        fetcher,
        defaultTabs: tabs,
        defaultEditorToolsVisibility: "variables",
        isHeadersEditorEnabled: false,
        forcedTheme: "light",
        showPersistHeadersSettings: false,
        plugins: [],
      }),
    );
  }

  async function start() {
    [people, examples] = await Promise.all([json("/demo/people.json"), json("/assets/examples.json")]);
    listPeople();
    showWho("Not signed in");
    showGraphiql();
    const last = people.find((one) => one.login === sessionStorage.getItem(REMEMBERED_PERSON));
    if (last) await signIn(last.login, last.password);
  }

  byId("person").addEventListener("change", async (event) => {
    const chosen = people.find((one) => one.login === event.target.value);
    await (chosen ? signIn(chosen.login, chosen.password) : signOut());
  });
  byId("sign-in").addEventListener("submit", async (event) => {
    event.preventDefault();
    await signIn(byId("login").value.trim(), byId("password").value);
    byId("password").value = "";
  });
  byId("sign-out").addEventListener("click", signOut);
  byId("toggle").addEventListener("click", () => {
    const hidden = byId("examples").toggleAttribute("hidden");
    byId("toggle").setAttribute("aria-expanded", String(!hidden));
  });
  start();
})();
