// Sends e-mails by the real program to a real mail server, the npm package `smtp-server`: TLS from the first byte, and by
// STARTTLS, both with a certificate authority of our own and with a password.
// usage: node mail.mjs <path of the program handover>
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SMTPServer } from 'smtp-server';

const program = process.argv[2] && resolve(process.argv[2]);
if (!program) {
  console.error('usage: node mail.mjs <path of the program handover>');
  process.exit(2);
}
const example = join(dirname(fileURLToPath(import.meta.url)), '../../docs/example-project.yaml');
const folder = mkdtempSync(join(tmpdir(), 'handover-mail-'));
const [USER, PASSWORD, LOGIN] = ['handover', 'a password of the mail server', 'chen.manager'];
const SECRET = 'wet paint on door 7';

/** A certificate authority, and a certificate of it for this machine. */
function certificates() {
  const at = (name) => join(folder, name);
  const openssl = (...args) => execFileSync('openssl', args, { stdio: 'ignore' });
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=Mail CA', '-keyout', at('ca.key'), '-out', at('ca.pem'),
    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign');
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-keyout', at('mail.key'), '-out', at('mail.csr'),
    '-addext', 'subjectAltName=DNS:localhost');
  openssl('x509', '-req', '-in', at('mail.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2',
    '-copy_extensions', 'copy', '-out', at('mail.pem'));
  return { ca: at('ca.pem'), key: readFileSync(at('mail.key')), cert: readFileSync(at('mail.pem')) };
}

/** A mail server that takes mails of one user over TLS only. */
async function mailServer(secure, { key, cert }) {
  const mails = [];
  const server = new SMTPServer({
    secure, key, cert, authMethods: ['PLAIN', 'LOGIN'], logger: false,
    onAuth: ({ username, password }, session, done) => {
      const right = username === USER && password === PASSWORD && session.secure;
      done(right ? null : new Error('no'), right ? { user: username } : undefined);
    },
    onData: (stream, session, done) => {
      let raw = '';
      stream.on('data', (chunk) => { raw += chunk; });
      stream.on('end', () => {
        mails.push({ raw, secure: session.secure, user: session.user, to: session.envelope.rcptTo.map(({ address }) => address) });
        done();
      });
    },
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { mails, port: server.server.address().port, close: () => new Promise((closed) => server.close(closed)) };
}

async function until(what, check) {
  const end = Date.now() + 30_000;
  while (Date.now() < end) {
    const found = await check();
    if (found) return found;
    await new Promise((later) => setTimeout(later, 50));
  }
  throw new Error(`waited in vain for ${what}`);
}

async function ask(address, token, query, variables) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(`${address}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** Invites somebody by e-mail; answers the mail. */
async function invite(name, mail, ca) {
  const env = {
    ...process.env, HANDOVER_DATA: join(folder, name), HANDOVER_DEMO: 'false', HANDOVER_LISTEN: '127.0.0.1:0',
    HANDOVER_OBJECTS_LISTEN: '127.0.0.1:0', HANDOVER_LOG: 'warn,s3s=off', HANDOVER_SMTP_HOST: 'localhost',
    HANDOVER_SMTP_PORT: String(mail.port), HANDOVER_SMTP_TLS: name, HANDOVER_SMTP_USER: USER, HANDOVER_SMTP_PASSWORD: PASSWORD,
    HANDOVER_SMTP_FROM: 'Handover <handover@example.com>', HANDOVER_MESSAGES_CA: ca, HANDOVER_PUBLIC_URL: 'https://handover.example',
  };
  delete env.DATABASE_URL;
  delete env.S3_ENDPOINT;
  execFileSync(program, ['import', example], { env, stdio: 'ignore' });
  execFileSync(program, ['password', LOGIN], { env, input: `${SECRET}\n`, stdio: ['pipe', 'ignore', 'inherit'] });
  const server = spawn(program, ['serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    let address;
    for await (const line of createInterface({ input: server.stdout })) {
      address = /http:\/\/[0-9.:]+/.exec(line)?.[0];
      if (address) break;
    }
    const signIn = `mutation($login: String!, $password: String!) {
      sessionCreate(input: { login: $login, password: $password }) { session { accessToken } } }`;
    const { sessionCreate } = await ask(address, null, signIn, { login: LOGIN, password: SECRET });
    const token = sessionCreate.session.accessToken;
    const { projects } = await ask(address, token, '{ projects(first: 1) { nodes { id companies { id kind } } } }');
    const [project] = projects.nodes;
    const company = project.companies.find(({ kind }) => kind === 'DEVELOPER');
    const time = Date.now().toString(16).padStart(12, '0');
    const input = {
      invitationId: `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000001`, projectId: project.id, login: 'xu.hong', name: '许红',
      language: 'ZH', email: 'xu.hong@dev.example', companyId: company.id, role: 'SITE_ENGINEER',
    };
    const document = `mutation($input: MemberInviteInput!) {
      memberInvite(input: $input) { sentTo userErrors { code field message } } }`;
    const { memberInvite } = await ask(address, token, document, { input });
    if (memberInvite.sentTo !== 'x…@dev.example') throw new Error(JSON.stringify(memberInvite));
    return await until('the mail', () => mail.mails.find(({ to }) => to.includes('xu.hong@dev.example')));
  } finally {
    server.kill('SIGKILL');
  }
}

/** The text of a mail, which is in base64 or quoted-printable. */
function textOf(raw) {
  const [head, ...rest] = raw.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n');
  if (/transfer-encoding: base64/i.test(head)) return Buffer.from(body, 'base64').toString();
  const bytes = body.replaceAll('=\r\n', '').replace(/=([0-9A-F]{2})/g, (_, code) => String.fromCharCode(parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

try {
  const known = certificates();
  for (const name of ['implicit', 'starttls']) {
    const mail = await mailServer(name === 'implicit', known);
    const { raw, secure, user } = await invite(name, mail, known.ca);
    const text = textOf(raw);
    const faults = [
      [secure && user === USER, 'it came without TLS or without the user'],
      [/^Message-ID: <[0-9a-f-]{36}@example\.com>\r$/m.test(raw), 'it has no id'],
      [/^Auto-Submitted: auto-generated\r$/m.test(raw), 'it does not say that a program wrote it'],
      [text.includes('许红') && /https:\/\/handover\.example\/join#[\w-]{43}/.test(text), `it has no link: ${text}`],
      [mail.mails.length === 1, `${mail.mails.length} mails came`],
    ].filter(([fine]) => !fine);
    if (faults.length > 0) throw new Error(`${name}: ${faults.map(([, fault]) => fault).join('; ')}`);
    await mail.close();
    console.log(`${name}: an invitation came, with TLS and a password`);
  }
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
