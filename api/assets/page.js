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
  let loading = "";     // the name of the example that was chosen last

  // ---- talking to the API

  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

  async function post(body) {
    const headers = { "Content-Type": "application/json", Accept: "application/graphql-response+json, application/json" };
    if (session) headers.Authorization = `Bearer ${session.accessToken}`;
    const ask = () => fetch(GRAPHQL, { method: "POST", headers, body: JSON.stringify(body), credentials: "omit" });
    let response;
    try {
      response = await ask();
      if (response.status === 429) {
        // Somebody who clicks fast waits a moment, and never sees it.
        await pause(1000 * Math.min(10, Number(response.headers.get("Retry-After")) || 1));
        response = await ask();
      }
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
    // GraphiQL learns an operation's name a moment after its text; an old name would be refused.
    const { operationName, ...nameless } = params;
    const answer = await send(params.query.includes(operationName) ? params : nameless);
    if (params.operationName !== "IntrospectionQuery") showPictures(answer.data);
    return answer;
  }

  // ---- the session

  const TOKENS =
    "session { accessToken refreshToken viewer { name } } userErrors { message }";
  const CREATE = `mutation SignIn($input: SessionCreateInput!) {
    outcome: sessionCreate(input: $input) { ${TOKENS} notices { message } } }`;
  const REFRESH = `mutation Renew($input: SessionRefreshInput!) { outcome: sessionRefresh(input: $input) { ${TOKENS} } }`;

  async function tokens(query, input) {
    const { answer } = await post({ query, variables: { input } });
    const outcome = answer.data?.outcome;
    const problem = outcome?.userErrors?.[0] || answer.errors?.[0];
    const notices = (outcome?.notices || []).map((notice) => notice.message);
    return outcome?.session ? { session: outcome.session, notices } : { problem: problem?.message || "Signing in failed." };
  }

  async function signIn(login, password) {
    session = null;
    const outcome = await tokens(CREATE, { login, password, device: "Browser" });
    session = outcome.session || null;
    person = session ? people.find((one) => one.login === login) || null : null;
    if (!session) return showWho(outcome.problem, true);
    if (person) sessionStorage.setItem(REMEMBERED_PERSON, login);
    const name = person ? `${person.name}, ${words(person.role)}` : session.viewer?.name || login;
    showWho([`Signed in as ${name}`, ...outcome.notices].join(". "), outcome.notices.length > 0);
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
    sessionStorage.removeItem(REMEMBERED_PERSON);
    showWho("Not signed in");
  }

  function showWho(text, problem = false) {
    byId("who").textContent = text;
    byId("who").classList.toggle("problem", problem);
    byId("sign-out").hidden = !session;
    byId("person").value = person ? person.login : "";
    byId("sign-in").hidden = people.length > 0 || session !== null;
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

  /** The examples in the order of the main job, under the role that does them. */
  function listExamples() {
    const list = byId("examples");
    list.replaceChildren();
    let role = "";
    examples.forEach((example, index) => {
      if (example.role !== role) {
        role = example.role;
        const title = document.createElement("h2");
        title.textContent = role === "ANY" ? "everybody" : words(role);
        list.append(title);
      }
      list.append(exampleButton(example, index + 1));
    });
  }

  function exampleButton(example, number) {
    const button = document.createElement("button");
    const badge = document.createElement("span");
    badge.textContent = number;
    button.type = "button";
    button.dataset.name = example.name;
    button.append(badge, example.title);
    button.addEventListener("click", () => load(example));
    return button;
  }

  function markExample(name) {
    for (const button of byId("examples").querySelectorAll("button")) {
      button.setAttribute("aria-current", String(button.dataset.name === name));
    }
  }

  /** Puts an example into the editors, its places filled, as a person who may do it. */
  async function load(example) {
    loading = example.name;
    markExample(example.name);
    showStep("Looking for what this needs…");
    if (!(await actAs(example.role))) {
      return showStep(`Sign in as ${example.role === "ANY" ? "anybody" : `a ${words(example.role)}`} for this example.`, true);
    }
    const known = example.lookup ? fill.values(example.fill, (await send({ query: example.lookup })).data) : {};
    // Another one was chosen meanwhile.
    if (loading !== example.name || !(await freeTab())) return undefined;
    const variables = fill.variables(example.variables, known);
    editor(".graphiql-query-editor")?.setValue(example.query);
    editor(".graphiql-editor-tool")?.setValue(variables);
    showPictures(null);
    const open = fill.open(variables);
    return open.length > 0
      ? showStep(`Nothing is left on which to do this (${open.join(", ")}). Do an earlier example again, or start anew with serve --reset.`, true)
      : showStep(`${example.title} – press ▶ to run it.`);
  }

  /** Signs in as a person of the role, if nobody of it is signed in; answers whether somebody is. */
  async function actAs(role) {
    const fits = role === "ANY" ? session !== null : person?.role === role;
    const actor = people.find((one) => role === "ANY" || one.role === role);
    if (!fits && actor) await signIn(actor.login, actor.password);
    return session !== null;
  }

  function showStep(text, problem = false) {
    byId("step").textContent = text;
    byId("step").classList.toggle("problem", problem);
    byId("step").hidden = text === "";
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
    const found = new Map(); // address -> what it shows
    const visit = (value, name) => {
      if (Array.isArray(value)) return value.forEach((item) => visit(item, name));
      if (value === null || typeof value !== "object") return undefined;
      for (const [key, child] of Object.entries(value)) {
        const isLink = typeof child === "string" && /url$/i.test(key) && /^https?:/.test(child);
        if (isLink) found.set(child, words(value.stage ?? name));
        // A link to upload to is no picture.
        else if (key !== "upload") visit(child, key);
      }
      return undefined;
    };
    visit(data, "");
    const strip = byId("pictures");
    strip.replaceChildren(...[...found].slice(0, 24).map(picture));
    strip.scrollLeft = 0;
    strip.hidden = found.size === 0;
  }

  function picture([address, what]) {
    const link = document.createElement("a");
    Object.assign(link, { href: address, target: "_blank", rel: "noreferrer" });
    const image = new Image();
    image.alt = what;
    image.addEventListener("error", () => {
      link.remove();
      byId("pictures").hidden = byId("pictures").childElementCount === 0;
    });
    image.src = address;
    const label = document.createElement("span");
    label.textContent = what;
    link.append(image, label);
    return link;
  }

  // ---- messages

  /** The messages to the demo's people: what a mail server or a phone would show them. */
  async function showMessages() {
    const shown = byId("messages").hidden;
    byId("messages").hidden = !shown;
    byId("messages-toggle").setAttribute("aria-expanded", String(shown));
    if (!shown) return;
    const messages = await json("/demo/messages.json");
    byId("messages").replaceChildren(...messages.map(message));
    if (messages.length === 0) byId("messages").textContent = "No message was sent yet.";
  }

  function message({ channel, to, subject, text, writtenAt }) {
    const article = document.createElement("article");
    const head = document.createElement("h3");
    const body = document.createElement("p");
    head.textContent = [words(channel), to, subject, new Date(writtenAt).toLocaleString()].filter(Boolean).join(" · ");
    // Each address becomes a link; the rest stays text.
    for (const part of text.trim().split(/(https?:\/\/[^\s)，。]+)/)) body.append(part.startsWith("http") ? anchor(part) : part);
    article.append(head, body);
    return article;
  }

  function anchor(address) {
    const link = document.createElement("a");
    Object.assign(link, { href: address, target: "_blank", rel: "noreferrer", textContent: address });
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
    const tabs = first ? [{ query: first.query, variables: first.variables }] : undefined;
    markExample(first?.name);
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
    listExamples();
    showWho("Not signed in");
    byId("messages-toggle").hidden = people.length === 0;
    showStep(people.length > 0 ? "Choose an example: it signs in as somebody who may do it, and fills in what it needs." : "");
    showGraphiql();
    const last = people.find((one) => one.login === sessionStorage.getItem(REMEMBERED_PERSON)) ?? people[0];
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
  byId("messages-toggle").addEventListener("click", showMessages);
  byId("toggle").addEventListener("click", () => {
    const hidden = byId("examples").toggleAttribute("hidden");
    byId("toggle").setAttribute("aria-expanded", String(!hidden));
  });
  start();
})();
