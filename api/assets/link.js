// Opens an owner's link: asks for a code, signs in with it once on each device, and shows the home, its state and the next
// step. The token is in the fragment of the address, which browsers send to no server.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const token = location.hash.slice(1);

  const TEXTS = {
    en: {
      other: "中文",
      titles: { loading: "One moment…", start: "Your home", enter: "Enter the code", home: "Your home", invalid: "This link is not valid" },
      start: "To see your home, let us send a code of six digits to the phone or e-mail address that you gave us.",
      send: "Send the code",
      sent: (to) => `The code was sent to ${to}. It is good for 5 minutes.`,
      code: "Code of six digits",
      submit: "Continue",
      again: "Send another code",
      invalid: "It has expired or was withdrawn, or the home is yours no longer. Ask the developer for a new one.",
      noHome: "Your home is not open to you yet. The developer tells you when it is; this device stays signed in.",
      state: { ready: "Ready for the handover", waiting: "Not ready yet" },
      next: "Next step",
      ready: "The developer invites you to the handover. There is nothing to do for you until then.",
      blockers: "What is still to be done",
      defects: (count) => `Findings (${count})`,
      more: "There are more of them.",
      noDefects: "No findings.",
      signOut: "Sign out on this device",
      unreachable: "The server cannot be reached. Try again.",
      busy: "The server is busy. Try again in a moment.",
      problems: { NO_CHANNEL: "No phone number or e-mail address of yours is on file. Ask the developer to enter one." },
    },
    zh: {
      other: "English",
      titles: { loading: "请稍候…", start: "我的房屋", enter: "请输入验证码", home: "我的房屋", invalid: "此链接无效" },
      start: "查看您的房屋前，我们将向您登记的手机或邮箱发送 6 位验证码。",
      send: "发送验证码",
      sent: (to) => `验证码已发送至 ${to}，5 分钟内有效。`,
      code: "6 位验证码",
      submit: "继续",
      again: "重新发送",
      invalid: "该链接已过期、已撤回，或您已不再是该户业主。请向开发商索取新的链接。",
      noHome: "您的房屋尚未开放查看。开放后开发商会通知您；本设备将保持登录。",
      state: { ready: "已具备交付条件", waiting: "尚未具备交付条件" },
      next: "下一步",
      ready: "开发商将邀请您办理交付，在此之前您无需操作。",
      blockers: "尚待完成",
      defects: (count) => `问题（${count}）`,
      more: "还有更多。",
      noDefects: "没有问题。",
      signOut: "在本设备上退出登录",
      unreachable: "无法连接服务器，请重试。",
      busy: "服务器繁忙，请稍后重试。",
      problems: { NO_CHANNEL: "未登记您的手机号或邮箱。请联系开发商登记。" },
    },
  };

  let language = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
  let state = "loading";  // loading, start, enter, home, invalid
  let sentTo = "";        // where the code went
  let homes = [];         // what the session sees
  let access = null;      // the access token
  let problem = null;     // the code and message of what went wrong

  // ---- the session of this device

  /** Under which name the session is kept: a hash, so that the token itself is stored nowhere. */
  function storageKey() {
    let hash = 0x811c9dc5;
    for (const c of token) hash = Math.imul(hash ^ c.charCodeAt(0), 0x01000193) >>> 0;
    return `handover.link.${hash.toString(16)}`;
  }

  function keep(session) {
    access = session.accessToken;
    try {
      localStorage.setItem(storageKey(), session.refreshToken);
    } catch {
      // Without storage the device asks for a code each time.
    }
  }

  function kept() {
    try {
      return localStorage.getItem(storageKey());
    } catch {
      return null;
    }
  }

  function forget() {
    access = null;
    try {
      localStorage.removeItem(storageKey());
    } catch {
      // There was nothing.
    }
  }

  // ---- talking to the API

  async function post(query, variables, accessToken) {
    const headers = {
      "Content-Type": "application/json",
      Accept: "application/graphql-response+json, application/json",
      "Accept-Language": language,
    };
    if (accessToken) headers.Authorization = `Bearer ${accessToken}`;
    let response;
    try {
      response = await fetch("/graphql", { method: "POST", headers, body: JSON.stringify({ query, variables }), credentials: "omit" });
    } catch {
      throw { code: "UNREACHABLE" };
    }
    if (response.status === 401) throw { code: "SIGNED_OUT" };
    if (response.status === 429 || response.status === 503) throw { code: "BUSY" };
    const answer = await response.json().catch(() => ({}));
    if (answer.errors?.length || !answer.data) throw { code: "FAULT", message: answer.errors?.[0]?.message ?? `HTTP ${response.status}` };
    return answer.data;
  }

  /** A command's payload; its first user error is thrown. */
  async function command(query, variables, accessToken) {
    const { outcome } = await post(query, variables, accessToken);
    if (outcome.userErrors.length) throw outcome.userErrors[0];
    return outcome;
  }

  const TOKENS = "session { accessToken refreshToken } userErrors { code message }";
  const REQUEST = `mutation RequestCode($input: SessionCodeRequestInput!) {
    outcome: sessionCodeRequest(input: $input) { sentTo userErrors { code message } } }`;
  const SIGN_IN = `mutation SignIn($input: SessionCreateByLinkInput!) {
    outcome: sessionCreateByLink(input: $input) { ${TOKENS} } }`;
  const REFRESH = `mutation Refresh($input: SessionRefreshInput!) {
    outcome: sessionRefresh(input: $input) { ${TOKENS} } }`;
  const SIGN_OUT = "mutation SignOut { outcome: sessionRevoke(input: {}) { userErrors { code message } } }";
  const HOMES = `query Homes { viewer { language homes { code project { name } readiness { ready blockers { message clearedBy waived } }
    defectCount defects(first: 50, orderBy: { field: NUMBER }) { nodes { number description statusText } pageInfo { hasNextPage } } } } }`;

  // ---- what is shown

  function show() {
    const text = TEXTS[language];
    document.documentElement.lang = language;
    document.title = byId("title").textContent = text.titles[state];
    byId("language").textContent = text.other;
    byId("about").textContent = about(text);
    byId("about").hidden = byId("about").textContent === "";
    byId("problem").hidden = problem === null;
    byId("problem").textContent = problem ? describe(text) : "";
    byId("start").hidden = state !== "start";
    byId("send").textContent = text.send;
    byId("enter").hidden = state !== "enter";
    byId("code-label").textContent = text.code;
    byId("submit").textContent = text.submit;
    byId("again").textContent = text.again;
    byId("sign-out").hidden = state !== "home";
    byId("sign-out").textContent = text.signOut;
    byId("homes").hidden = state !== "home";
    byId("homes").replaceChildren(...homes.map((home) => article(text, home)));
  }

  function about(text) {
    if (state === "invalid") return text.invalid;
    if (state === "start") return text.start;
    if (state === "enter") return text.sent(sentTo);
    if (state === "home" && homes.length === 0) return text.noHome;
    return "";
  }

  function describe(text) {
    if (problem.code === "UNREACHABLE") return text.unreachable;
    if (problem.code === "BUSY") return text.busy;
    return text.problems[problem.code] ?? problem.message ?? problem.code;
  }

  function element(name, content, className) {
    const made = document.createElement(name);
    if (content !== undefined) made.textContent = content;
    if (className) made.className = className;
    return made;
  }

  function article(text, home) {
    const made = element("article");
    const open = (home.readiness?.blockers ?? []).filter((blocker) => !blocker.waived);
    const ready = home.readiness?.ready ?? false;
    made.append(element("h2", home.code), element("p", home.project?.name ?? ""));
    made.append(element("p", ready ? text.state.ready : text.state.waiting, "state"));
    const next = element("p", undefined, "next");
    next.append(element("strong", text.next), `\n${ready ? text.ready : open[0]?.clearedBy ?? text.ready}`);
    made.append(next);
    if (open.length) {
      made.append(element("h3", text.blockers), list(open.map((blocker) => [blocker.message, ""])));
    }
    made.append(element("h3", text.defects(home.defectCount)));
    const defects = home.defects.nodes.map((defect) => [defect.description ?? "", `${defect.number} · ${defect.statusText}`]);
    made.append(defects.length ? list(defects) : element("p", text.noDefects));
    if (home.defects.pageInfo.hasNextPage) made.append(element("p", text.more));
    return made;
  }

  function list(rows) {
    const made = element("ul");
    for (const [title, note] of rows) {
      const row = element("li", title);
      if (note) row.append(element("small", note));
      made.append(row);
    }
    return made;
  }

  // ---- what happens

  /** Reads what the session sees; a session that has ended begins anew with a code. */
  async function read() {
    homes = (await post(HOMES, {}, access)).viewer.homes;
    state = "home";
  }

  async function open() {
    if (!token) {
      state = "invalid";
      return show();
    }
    const refreshToken = kept();
    try {
      if (refreshToken) {
        keep((await command(REFRESH, { input: { refreshToken } })).session);
        await read();
      } else {
        state = "start";
      }
    } catch (error) {
      if (error.code === "SESSION_EXPIRED" || error.code === "SIGNED_OUT") forget();
      else problem = error;
      state = "start";
    }
    show();
  }

  /** Runs a step with its button off; what goes wrong is shown. */
  async function step(button, work) {
    problem = null;
    button.disabled = true;
    try {
      await work();
    } catch (error) {
      problem = error;
      if (error.code === "LINK_INVALID") [state, problem] = ["invalid", null];
    }
    button.disabled = false;
    show();
  }

  async function requestCode() {
    sentTo = (await command(REQUEST, { input: { token } })).sentTo;
    state = "enter";
  }

  async function signIn() {
    const code = byId("code").value;
    byId("code").value = "";
    const { session } = await command(SIGN_IN, { input: { token, code, device: navigator.userAgent.slice(0, 200) } });
    keep(session);
    await read();
  }

  async function signOut() {
    await post(SIGN_OUT, {}, access).catch(() => {});
    forget();
    [homes, state] = [[], "start"];
  }

  byId("start").addEventListener("submit", (event) => { event.preventDefault(); step(byId("send"), requestCode); });
  byId("enter").addEventListener("submit", (event) => { event.preventDefault(); step(byId("submit"), signIn); });
  byId("again").addEventListener("click", () => step(byId("again"), requestCode));
  byId("sign-out").addEventListener("click", () => step(byId("sign-out"), signOut));
  byId("language").addEventListener("click", () => { language = language === "zh" ? "en" : "zh"; show(); });
  addEventListener("hashchange", () => location.reload());
  show();
  open();
})();
