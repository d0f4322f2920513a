// Random documents against a running server: it must refuse what graphql-js refuses, and answer a valid document as it
// answers the document's normal form.
// usage: node documents.mjs <url of the GraphQL endpoint> <login> <password> [documents of each kind] [seed]
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSchema, parse, validate } from 'graphql';
import { normalForm } from './normal.mjs';
import { Documents } from './random.mjs';

const [url, login, password, count = '1000', seed = String(Date.now() % 1e9)] = process.argv.slice(2);
if (!password) {
  console.error('usage: node documents.mjs <url> <login> <password> [documents of each kind] [seed]');
  process.exit(2);
}
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const schema = buildSchema(readFileSync(join(root, 'schema.graphql'), 'utf8'));
console.log(`seed ${seed}, ${count} documents of each kind`);

let token;
async function ask(query, variables = {}) {
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return response.json();
}

const REFUSED = ['GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED'];
const codes = (answer) => (answer.errors ?? []).map((error) => error.extensions?.code);
// Limits are asked before the rules of validation.
const LIMITS = /LIMIT_EXCEEDED$|^ANSWER_TOO_LARGE$|^BAD_PAGE$/;
const isOverLimit = (answer) => codes(answer).some((code) => LIMITS.test(code));

const signIn = await ask('mutation($input: SessionCreateInput!) { sessionCreate(input: $input) { session { accessToken } } }', { input: { login, password } });
token = signIn.data?.sessionCreate?.session?.accessToken;
if (!token) throw new Error(`no session: ${JSON.stringify(signIn)}`);
const { data } = await ask(`{ viewer { id } projects(first: 1) { nodes { id buildings { id } companies { id }
  units(first: 1) { nodes { id } } defects(first: 1) { nodes { id } } } } }`);
const project = data.projects.nodes[0];
const ids = { Project: project.id, Building: project.buildings[0]?.id, Company: project.companies[0]?.id,
  Unit: project.units.nodes[0]?.id, Defect: project.defects.nodes[0]?.id };

const faults = [];
let overLimit = 0;
function fault(what, document, answer, more = '') {
  faults.push(what);
  if (faults.length <= 5) console.log(`${what}\n${document.text}\n${JSON.stringify(document.variables)}\n${JSON.stringify(answer).slice(0, 1000)}\n${more}\n`);
}

/** Whether the server refuses a document as graphql-js does. */
async function compareRefusal(document) {
  let errors;
  try { errors = validate(schema, parse(document.text)); } catch (error) { errors = [error]; }
  const answer = await ask(document.text, document.variables);
  if (isOverLimit(answer)) { overLimit += 1; return { valid: false, invalid: errors.length > 0 }; }
  const refused = codes(answer).some((code) => REFUSED.includes(code));
  if (refused !== errors.length > 0) {
    fault(refused ? 'refused, but valid' : 'not refused, but invalid', document, answer, errors.map((error) => error.message).join('\n'));
  }
  return { valid: errors.length === 0 && !refused, invalid: errors.length > 0, answer };
}

let compared = 0;
let invalid = 0;
let made = new Documents(schema, ids, Number(seed));
for (let at = 0; at < Number(count); at += 1) {
  const document = made.make(true);
  if ((await compareRefusal(document)).invalid) invalid += 1;
}
made = new Documents(schema, ids, Number(seed) + 1);
for (let at = 0; at < Number(count); at += 1) {
  const document = made.make(false);
  const { valid, answer } = await compareRefusal(document);
  if (!valid) continue;
  const normal = normalForm(schema, parse(document.text), document.variables);
  const expected = await ask(normal);
  if (isOverLimit(expected)) { overLimit += 1; continue; }
  compared += 1;
  if (JSON.stringify(answer.data) !== JSON.stringify(expected.data)) {
    fault('another answer than its normal form', document, answer, `${normal}\n${JSON.stringify(expected).slice(0, 1000)}`);
  }
}
console.log(`${invalid} invalid documents, ${compared} answers compared, ${overLimit} over a limit, ${faults.length} faults`);
if (faults.length > 0) process.exit(1);
if (invalid < Number(count) / 4 || compared < Number(count) / 4) {
  console.log('too few documents were of use');
  process.exit(1);
}
