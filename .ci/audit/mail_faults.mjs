// A real mail server, the npm package `smtp-server`, refuses, defers, greylists, is slow, closes connections and is away;
// the real program sends each e-mail once all the same, or lists it. Takes about 90 seconds, because the program waits a
// minute before a second try.
// usage: node mail_faults.mjs <path of the program handover>
import { rmSync } from 'node:fs';
import { SMTPServer } from 'smtp-server';
import { folder, invite, programPath, start, until } from './program.mjs';

const program = programPath('node mail_faults.mjs <path of the program handover>');
const DOMAIN = 'faults.example';
const SLOW_MS = 5000;

const reply = (responseCode, text) => Object.assign(new Error(text), { responseCode });

/**
 * By the local part of the recipient: what the server does at the recipient and at the end of the text, at the `n`th try
 * from 1 on; then the state in which the program lists the message at the end, its error, and how often it arrived.
 */
const CASES = {
  fine: { end: ['SENT', null, 1] },
  slow: { text: () => 'SLOW', end: ['SENT', null, 1] },
  deferred: { text: (n) => n === 1 && reply(451, 'try again later'), end: ['SENT', null, 1] },
  greylisted: { recipient: (n) => n === 1 && reply(450, 'greylisted, come back later'), end: ['SENT', null, 1] },
  refused: { recipient: () => reply(550, 'nobody is here'), end: ['FAILED', 'REFUSED', 0] },
  rejected: { text: () => reply(554, 'this text is not taken'), end: ['FAILED', 'REFUSED', 0] },
  closing: { recipient: (n) => n === 1 && 'CLOSE', end: ['SENT', null, 1] },
  lost: { text: () => 'CLOSE', end: ['UNKNOWN', 'BROKEN_OFF', 1] },
  away: { end: ['SENT', null, 1] },
};

/** What has arrived, by local part. */
const arrived = {};
/** How often each step was reached, by step and local part. */
const reached = {};

const localPart = ({ address }) => address.split('@')[0];

/** What the case says at a step. */
function act(step, name) {
  const key = `${step} ${name}`;
  reached[key] = (reached[key] ?? 0) + 1;
  return CASES[name]?.[step]?.(reached[key]);
}

/** Starts the mail server at a port, 0 for any. */
async function mailServer(port) {
  const close = ({ id }) => {
    for (const connection of server.connections) if (connection.id === id) connection._socket.destroy();
  };
  const server = new SMTPServer({
    logger: false, disabledCommands: ['AUTH', 'STARTTLS'], closeTimeout: 100,
    onRcptTo: (address, session, done) => {
      const what = act('recipient', localPart(address));
      if (what === 'CLOSE') close(session);
      else done(what || undefined);
    },
    onData: (stream, session, done) => {
      stream.resume();
      stream.on('end', () => {
        const name = localPart(session.envelope.rcptTo[0]);
        const what = act('text', name);
        if (what instanceof Error) return done(what);
        arrived[name] = (arrived[name] ?? 0) + 1;
        if (what === 'CLOSE') close(session);
        else setTimeout(done, what === 'SLOW' ? SLOW_MS : 0);
      });
    },
  });
  await new Promise((ready, failed) => server.once('error', failed).listen(port, '127.0.0.1', ready));
  // A connection that the program drops is no error of the audit.
  server.on('error', () => {});
  return { port: server.server.address().port, close: () => new Promise((closed) => server.close(closed)) };
}

const LIST = '{ messageAttempts(first: 100) { nodes { messageId kind state error tries } } }';

/** The message of an invitation as the program lists it. */
async function listed({ ask }, id) {
  const { messageAttempts } = await ask(LIST);
  return messageAttempts.nodes.find(({ messageId }) => messageId === id);
}

/** Invites one person of a case. */
async function inviteFor(running, name) {
  const { id } = await invite(running, { login: `case.${name}`, name: `Case ${name}`, email: `${name}@${DOMAIN}` });
  return id;
}

/** Waits until a message has come to the end of its case; answers what is wrong then. */
async function faultOf(running, name, id) {
  const [state, error, count] = CASES[name].end;
  const message = await until(`${name} to be ${state}`, async () => {
    const found = await listed(running, id);
    return found?.state === state && found;
  }, 100);
  const told = `${message.state}, ${message.error}, ${arrived[name] ?? 0} times`;
  const fine = message.error === error && (arrived[name] ?? 0) === count;
  return fine ? [] : [`${name}: ${told} instead of ${CASES[name].end}`];
}

try {
  let mail = await mailServer(0);
  const running = await start(program, 'faults', {
    HANDOVER_SMTP_HOST: '127.0.0.1', HANDOVER_SMTP_PORT: String(mail.port), HANDOVER_SMTP_TLS: 'none',
    HANDOVER_SMTP_FROM: 'Handover <handover@example.com>',
  });
  try {
    const ids = {};
    for (const name of Object.keys(CASES).filter((name) => name !== 'away')) ids[name] = await inviteFor(running, name);
    // While others wait for their second try, the server is away, and comes back at the same port.
    await until('the first tries', () => reached['text lost'] && reached['recipient greylisted'] && reached['text slow']);
    await until('the slow one', async () => (await listed(running, ids.slow)).state === 'SENT');
    await mail.close();
    ids.away = await inviteFor(running, 'away');
    const outage = await until('the outage', async () => {
      const found = await listed(running, ids.away);
      return found.error === 'OUTAGE' && found;
    });
    const faults = outage.tries === 0 ? [] : [`an outage used up ${outage.tries} tries`];
    mail = await mailServer(mail.port);
    for (const [name, id] of Object.entries(ids)) faults.push(...await faultOf(running, name, id));
    // What was lost, and what arrived, is not sent again by itself.
    for (const name of Object.keys(ids)) {
      const count = CASES[name].end[2];
      if ((arrived[name] ?? 0) !== count) faults.push(`${name} arrived ${arrived[name]} times in the end`);
    }
    if (faults.length > 0) throw new Error(faults.join('\n'));
    console.log(`${Object.keys(ids).length} e-mails through refusals, delays, greylisting, closed connections and an outage: each once, or listed`);
  } finally {
    running.stop();
    await mail.close();
  }
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
