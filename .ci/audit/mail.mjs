// Sends e-mails by the real program to a real mail server, the npm package `smtp-server`: TLS from the first byte, and by
// STARTTLS, both with a certificate authority of our own and with a password.
// usage: node mail.mjs <path of the program handover>
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { folder, invite, programPath, start, until } from './program.mjs';

const program = programPath('node mail.mjs <path of the program handover>');
const [USER, PASSWORD] = ['handover', 'a password of the mail server'];

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

/** Invites somebody by e-mail; answers the mail. */
async function invitation(name, mail, ca) {
  const running = await start(program, name, {
    HANDOVER_SMTP_HOST: 'localhost', HANDOVER_SMTP_PORT: String(mail.port), HANDOVER_SMTP_TLS: name, HANDOVER_SMTP_USER: USER,
    HANDOVER_SMTP_PASSWORD: PASSWORD, HANDOVER_SMTP_FROM: 'Handover <handover@example.com>', HANDOVER_MESSAGES_CA: ca,
  });
  try {
    const person = { login: 'xu.hong', name: '许红', language: 'ZH', email: 'xu.hong@dev.example' };
    const { sentTo } = await invite(running, person);
    if (sentTo !== 'x…@dev.example') throw new Error(`sent to ${sentTo}`);
    return await until('the mail', () => mail.mails.find(({ to }) => to.includes(person.email)));
  } finally {
    running.stop();
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
    const { raw, secure, user } = await invitation(name, mail, known.ca);
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
