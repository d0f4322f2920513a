// Reads the QR codes of a sheet of owners' links by the npm package `jsqr`, as the camera of a phone does, and signs in by
// one of them and by the code that the real program writes into its folder of messages.
// usage: node qr.mjs <path of the program handover>
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import jsqrModule from 'jsqr';
import { folder, newId, programPath, start, until } from './program.mjs';

const jsQR = jsqrModule.default ?? jsqrModule;
const program = programPath('node qr.mjs <path of the program handover>');
const PUBLIC = 'https://handover.example';
/** Pixels of a module. */
const SCALE = 4;

/** Draws an SVG of rectangles, the first of them white, into pixels. */
function draw(svg) {
  const side = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)[1]) * SCALE;
  const pixels = new Uint8ClampedArray(4 * side * side).fill(255);
  const path = [...svg.matchAll(/<path d="([^"]*)"/g)].map(([, path]) => path).join('');
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let row = y * SCALE; row < (Number(y) + 1) * SCALE; row += 1) {
      const begin = 4 * (row * side + x * SCALE);
      for (let at = begin; at < begin + 4 * width * SCALE; at += 4) pixels.fill(0, at, at + 3);
    }
  }
  return { pixels, side };
}

/** What a camera reads of an SVG. */
function read(svg) {
  const { pixels, side } = draw(svg);
  return jsQR(pixels, side, side)?.data;
}

const SHEET = `mutation($building: ID!) { unitInvites(input: { buildingId: $building }) {
  sheet invites { link codesTo invite { unit { id } person { id } } } userErrors { code message } } }`;
const AGAIN = `mutation($input: UnitInviteInput!) { unitInvite(input: $input) { link qrCode userErrors { code message } } }`;
const REQUEST = `mutation($token: String!) { sessionCodeRequest(input: { token: $token }) { sentTo userErrors { code message } } }`;
const SIGN_IN = `mutation($token: String!, $code: String!) { sessionCreateByLink(input: { token: $token, code: $code, device: "a phone" }) {
  session { viewer { onlyUnitId } } userErrors { code message } } }`;

/** The code in the newest message of the folder. */
async function codeOf(data) {
  return until('the code', () => {
    const names = readdirSync(join(data, 'messages'), { withFileTypes: true }).map(({ name }) => name).filter((name) => name.endsWith('.json'));
    const messages = names.map((name) => JSON.parse(readFileSync(join(data, 'messages', name), 'utf8')));
    const newest = messages.filter(({ kind }) => kind === 'SIGN_IN_CODE').sort((one, other) => one.writtenAt.localeCompare(other.writtenAt)).at(-1);
    return newest && /\b\d{6}\b/.exec(newest.text)[0];
  });
}

function check(fine, fault) {
  if (!fine) throw new Error(fault);
}

try {
  const running = await start(program, 'qr', {});
  try {
    const { projects } = await running.ask('{ projects(first: 1) { nodes { buildings { id } } } }');
    const { unitInvites } = await running.ask(SHEET, { building: projects.nodes[0].buildings[0].id });
    check(unitInvites.userErrors.length === 0, JSON.stringify(unitInvites.userErrors));
    const links = unitInvites.invites.map(({ link }) => `${PUBLIC}${link}`).sort();
    const codes = [...unitInvites.sheet.matchAll(/<svg [^]*?<\/svg>/g)].map(([svg]) => read(svg)).sort();
    check(links.length > 0 && JSON.stringify(codes) === JSON.stringify(links), `the sheet reads as ${codes}`);
    const known = unitInvites.invites.find(({ codesTo }) => codesTo);
    check(known, 'nobody on the sheet can get a code');
    // One more link of the same owner, with a QR code of its own: this one is good from now on.
    const { unit, person } = known.invite;
    const input = { inviteId: newId(), unitId: unit.id, personId: person.id };
    const { unitInvite } = await running.ask(AGAIN, { input });
    check(unitInvite.userErrors.length === 0, JSON.stringify(unitInvite.userErrors));
    const address = read(unitInvite.qrCode);
    check(address === `${PUBLIC}${unitInvite.link}`, `the QR code reads as ${address}`);
    const token = new URL(address).hash.slice(1);
    const { sessionCodeRequest } = await running.anybody(REQUEST, { token });
    check(sessionCodeRequest.sentTo === known.codesTo, JSON.stringify(sessionCodeRequest));
    const code = await codeOf(join(folder, 'qr'));
    const { sessionCreateByLink } = await running.anybody(SIGN_IN, { token, code });
    check(sessionCreateByLink.session?.viewer.onlyUnitId === unit.id, JSON.stringify(sessionCreateByLink));
    console.log(`${codes.length} QR codes of a sheet read, and an owner signed in by a QR code and a code`);
  } finally {
    running.stop();
  }
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
