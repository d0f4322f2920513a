// Opens a link that works once: an invitation, or the reset of a password. The token is in the fragment of the address,
// which browsers send to no server.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const token = location.hash.slice(1);

  const TEXTS = {
    en: {
      other: "中文",
      loading: "One moment…",
      titles: { invitation: "Invitation", reset: "New password", done: "Done", invalid: "This link is not valid" },
      invalid: "It was used already, has expired or was withdrawn. Ask the person who gave it to you for a new one.",
      role: (link) => `You are invited to the project “${link.projectName}” as ${roles[link.role]?.[0] ?? link.role}`,
      company: (name) => ` of ${name}`,
      units: (codes) => ` of ${codes.join(", ")}`,
      reset: "Choose a new password. You will be signed out on every device.",
      login: "Your login",
      newPassword: "New password",
      current: "Your password",
      again: "The same again",
      rule: "At least 10 characters, 5 of them different, none of the most used passwords, not the login.",
      accept: "Set password and join",
      signIn: "Sign in and join",
      set: "Set password",
      toSignIn: "I have a password for this login already",
      toNew: "I am new: choose a password",
      differ: "The two passwords differ.",
      joined: (login) => `You have joined. Sign in to the app with the login ${login}.`,
      changed: (login) => `The password was set. Sign in to the app with the login ${login} and the new password.`,
      unreachable: "The server cannot be reached. Try again.",
      busy: "The server is busy. Try again in a moment.",
      problems: {
        SIGN_IN_FIRST: "This login has a password already. Sign in with it to join.",
        SIGN_IN_FAILED: "The password is wrong.",
      },
    },
    zh: {
      other: "English",
      loading: "请稍候…",
      titles: { invitation: "邀请", reset: "设置新密码", done: "完成", invalid: "此链接无效" },
      invalid: "该链接已使用、已过期或已撤回。请向发送人索取新的链接。",
      role: (link) => `您受邀加入项目“${link.projectName}”，角色：${roles[link.role]?.[1] ?? link.role}`,
      company: (name) => `（${name}）`,
      units: (codes) => `（${codes.join("、")}）`,
      reset: "请设置新密码。您将在所有设备上退出登录。",
      login: "您的账号",
      newPassword: "新密码",
      current: "您的密码",
      again: "再次输入",
      rule: "至少 10 个字符（其中 5 个不同），不能是常见密码，不能与账号相同。",
      accept: "设置密码并加入",
      signIn: "登录并加入",
      set: "设置密码",
      toSignIn: "此账号已有密码",
      toNew: "我是新用户：设置密码",
      differ: "两次输入的密码不一致。",
      joined: (login) => `您已加入。请在应用中使用账号 ${login} 登录。`,
      changed: (login) => `密码已设置。请在应用中使用账号 ${login} 和新密码登录。`,
      unreachable: "无法连接服务器，请重试。",
      busy: "服务器繁忙，请稍后重试。",
      problems: {
        SIGN_IN_FIRST: "此账号已有密码，请登录后加入。",
        SIGN_IN_FAILED: "密码错误。",
        INVALID_VALUE: "密码不符合要求：至少 10 个字符（其中 5 个不同），不能是常见密码，不能与账号相同。",
        LINK_INVALID: "此链接无效：已使用、已过期或已撤回。请索取新的链接。",
        SIGN_IN_SLOWED: "失败次数过多，请稍后重试。",
        ALREADY_MEMBER: "您在本项目中已有角色。",
        ALREADY_OWNER: "您已是该户业主。",
      },
    },
  };

  const roles = {
    DELIVERY_MANAGER: ["delivery manager", "交付经理"],
    SITE_ENGINEER: ["site engineer", "现场工程师"],
    CUSTOMER_RELATIONS: ["customer relations", "客户关系"],
    RECTIFICATION_LEAD: ["rectification lead", "整改负责人"],
    WORKER: ["worker", "整改人员"],
    SUPERVISING_ENGINEER: ["supervising engineer", "监理工程师"],
    PROPERTY_MANAGER: ["property manager", "物业经理"],
    ESCORT_INSPECTOR: ["escort inspector", "陪验人员"],
    OWNER: ["owner", "业主"],
  };

  let language = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
  let link = null;        // what the token opens
  let state = "loading";  // loading, form, done, invalid
  let signsIn = false;    // the person has a password already
  let problem = null;     // the code and message of what went wrong

  // ---- talking to the API

  async function post(query, variables, accessToken) {
    const headers = { "Content-Type": "application/json", Accept: "application/graphql-response+json, application/json" };
    if (accessToken) headers.Authorization = `Bearer ${accessToken}`;
    let response;
    try {
      response = await fetch("/graphql", { method: "POST", headers, body: JSON.stringify({ query, variables }), credentials: "omit" });
    } catch {
      throw { code: "UNREACHABLE" };
    }
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

  const LINK = `query OneTimeLink($token: String!) {
    oneTimeLink(token: $token) { kind login projectName companyName role unitCodes } }`;
  const ACCEPT = `mutation Accept($input: InvitationAcceptInput!) {
    outcome: invitationAccept(input: $input) { login userErrors { code message } } }`;
  const RESET = `mutation Reset($input: PasswordResetInput!) {
    outcome: passwordReset(input: $input) { reset userErrors { code message } } }`;
  const SIGN_IN = `mutation SignIn($input: SessionCreateInput!) {
    outcome: sessionCreate(input: $input) { session { accessToken } userErrors { code message } } }`;
  const SIGN_OUT = "mutation SignOut { outcome: sessionRevoke(input: {}) { userErrors { code message } } }";

  async function use(password) {
    if (link.kind === "PASSWORD_RESET") return command(RESET, { input: { token, password } });
    if (!signsIn) return command(ACCEPT, { input: { token, password } });
    const input = { login: link.login, password, device: "Browser" };
    const { session } = await command(SIGN_IN, { input });
    try {
      return await command(ACCEPT, { input: { token } }, session.accessToken);
    } finally {
      // The session was for this one thing.
      await post(SIGN_OUT, {}, session.accessToken).catch(() => {});
    }
  }

  // ---- what is shown

  function show() {
    const text = TEXTS[language];
    const isInvitation = link?.kind === "INVITATION";
    document.documentElement.lang = language;
    document.title = byId("title").textContent =
      state === "loading" ? text.loading
      : state === "done" ? text.titles.done
      : state === "invalid" ? text.titles.invalid
      : isInvitation ? text.titles.invitation : text.titles.reset;
    byId("language").textContent = text.other;
    byId("about").textContent = about(text, isInvitation);
    byId("problem").hidden = problem === null;
    byId("problem").textContent = problem ? describe(text) : "";
    byId("form").hidden = state !== "form";
    if (state !== "form") return;
    byId("login-label").textContent = text.login;
    byId("login").value = link.login;
    byId("password-label").textContent = signsIn ? text.current : text.newPassword;
    byId("password").autocomplete = signsIn ? "current-password" : "new-password";
    byId("rule").textContent = text.rule;
    byId("rule").hidden = signsIn;
    byId("repeat-label").textContent = text.again;
    byId("repeat-part").hidden = signsIn;
    byId("repeat").required = !signsIn;
    byId("submit").textContent = !isInvitation ? text.set : signsIn ? text.signIn : text.accept;
    byId("switch").hidden = !isInvitation;
    byId("switch").textContent = signsIn ? text.toNew : text.toSignIn;
  }

  function about(text, isInvitation) {
    if (state === "invalid") return text.invalid;
    if (state === "done") return (isInvitation ? text.joined : text.changed)(link.login);
    if (state !== "form") return "";
    if (!isInvitation) return text.reset;
    const company = link.companyName ? text.company(link.companyName) : "";
    const units = link.unitCodes.length ? text.units(link.unitCodes) : "";
    return `${text.role(link)}${company}${units}`;
  }

  function describe(text) {
    if (problem.code === "UNREACHABLE") return text.unreachable;
    if (problem.code === "BUSY") return text.busy;
    if (problem.code === "DIFFER") return text.differ;
    return text.problems[problem.code] ?? problem.message;
  }

  // ---- what happens

  async function open() {
    try {
      link = token ? (await post(LINK, { token })).oneTimeLink : null;
      state = link ? "form" : "invalid";
    } catch (error) {
      problem = error;
    }
    show();
  }

  async function submit(event) {
    event.preventDefault();
    const password = byId("password").value;
    problem = !signsIn && password !== byId("repeat").value ? { code: "DIFFER" } : null;
    show();
    if (problem) return;
    byId("submit").disabled = true;
    try {
      await use(password);
      state = "done";
      // The token is spent; it need not stay in the history.
      history.replaceState(null, "", location.pathname);
    } catch (error) {
      problem = error;
      if (error.code === "SIGN_IN_FIRST") signsIn = true;
      if (error.code === "LINK_INVALID") [state, problem] = ["invalid", null];
    }
    byId("submit").disabled = false;
    byId("password").value = byId("repeat").value = "";
    show();
  }

  byId("form").addEventListener("submit", submit);
  byId("switch").addEventListener("click", () => { [signsIn, problem] = [!signsIn, null]; show(); });
  byId("language").addEventListener("click", () => { language = language === "zh" ? "en" : "zh"; show(); });
  addEventListener("hashchange", () => location.reload());
  show();
  open();
})();
