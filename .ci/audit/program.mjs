// The program handover as audits of messages start it: on a project of its own, with a mail server.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const example = join(dirname(fileURLToPath(import.meta.url)), '../../docs/example-project.yaml');
const [LOGIN, PASSWORD] = ['chen.manager', 'wet paint on door 7'];

/** A folder of an audit's own. */
export const folder = mkdtempSync(join(tmpdir(), 'handover-audit-'));

/** The path of the program, by the first argument. */
export function programPath(usage) {
  if (process.argv[2]) return resolve(process.argv[2]);
  console.error(`usage: ${usage}`);
  process.exit(2);
}

/** Waits until a check finds something. */
export async function until(what, check, seconds = 30) {
  const end = Date.now() + 1000 * seconds;
  while (Date.now() < end) {
    const found = await check();
    if (found) return found;
    await new Promise((later) => setTimeout(later, 50));
  }
  throw new Error(`waited in vain for ${what}`);
}

/** A new id of version 7. */
export function newId() {
  const time = Date.now().toString(16).padStart(12, '0');
  const chance = () => Math.floor(Math.random() * 0x10000).toString(16).padStart(4, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${chance().slice(1)}-8${chance().slice(1)}-${chance()}${chance()}${chance()}`;
}

/**
 * Starts the program with the example project; answers how to ask it as the delivery manager, and the project.
 * @param program the path of the program
 * @param name the name of its data folder
 * @param settings more settings by their names in the environment
 */
export async function start(program, name, settings) {
  const env = {
    ...process.env, HANDOVER_DATA: join(folder, name), HANDOVER_DEMO: 'false', HANDOVER_LISTEN: '127.0.0.1:0',
    HANDOVER_OBJECTS_LISTEN: '127.0.0.1:0', HANDOVER_LOG: 'warn,s3s=off', HANDOVER_PUBLIC_URL: 'https://handover.example',
    ...settings,
  };
  delete env.DATABASE_URL;
  delete env.S3_ENDPOINT;
  execFileSync(program, ['import', example], { env, stdio: 'ignore' });
  execFileSync(program, ['password', LOGIN], { env, input: `${PASSWORD}\n`, stdio: ['pipe', 'ignore', 'inherit'] });
  const server = spawn(program, ['serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    let address;
    for await (const line of createInterface({ input: server.stdout })) {
      address = /http:\/\/[0-9.:]+/.exec(line)?.[0];
      if (address) break;
    }
    const ask = (token) => (query, variables) => post(address, token, query, variables);
    const signIn = `mutation($login: String!, $password: String!) {
      sessionCreate(input: { login: $login, password: $password }) { session { accessToken } } }`;
    const { sessionCreate } = await ask(null)(signIn, { login: LOGIN, password: PASSWORD });
    const manager = ask(sessionCreate.session.accessToken);
    const { projects } = await manager('{ projects(first: 1) { nodes { id companies { id kind } } } }');
    return { ask: manager, anybody: ask(null), project: projects.nodes[0], stop: () => server.kill('SIGKILL') };
  } catch (error) {
    server.kill('SIGKILL');
    throw error;
  }
}

async function post(address, token, query, variables) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(`${address}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** Invites somebody to the developer's company by e-mail; answers the invitation's id, and where it was sent, masked. */
export async function invite({ ask, project }, { login, name, email, language = 'EN' }) {
  const company = project.companies.find(({ kind }) => kind === 'DEVELOPER');
  const id = newId();
  const input = {
    invitationId: id, projectId: project.id, login, name, language, email, companyId: company.id, role: 'SITE_ENGINEER',
  };
  const document = `mutation($input: MemberInviteInput!) {
    memberInvite(input: $input) { sentTo userErrors { code field message } } }`;
  const { memberInvite } = await ask(document, { input });
  if (!memberInvite.sentTo) throw new Error(JSON.stringify(memberInvite));
  return { id, sentTo: memberInvite.sentTo };
}
