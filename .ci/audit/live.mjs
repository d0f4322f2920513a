// Follows a project by the reference clients of both protocols, `graphql-ws` and `graphql-sse`, and checks that a
// change is told, that queries run over the WebSocket, that a stranger is refused, and that a bad token closes with 4403.
// usage: node live.mjs http://127.0.0.1:8080/graphql LOGIN PASSWORD   (a manager of a project with a unit)
import assert from 'node:assert/strict';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, login, password] = process.argv.slice(2);
if (!password) {
  console.error('usage: node live.mjs <url of the GraphQL endpoint> <login> <password>');
  process.exit(2);
}
setTimeout(() => {
  console.error('no end after 60 s');
  process.exit(1);
}, 60_000).unref();

async function ask(query, variables, token) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

const signIn = 'mutation($login: String!, $password: String!) { sessionCreate(input: { login: $login, password: $password }) { session { accessToken } } }';
const token = (await ask(signIn, { login, password })).sessionCreate.session.accessToken;
const { viewer } = await ask('{ viewer { memberships { project { id units(first: 1) { nodes { id } } } } } }', {}, token);
const project = viewer.memberships[0].project;
const follow = {
  query: 'subscription($id: ID!) { changesAvailable(projectId: $id) { cursor } }',
  variables: { id: project.id },
};

// An id of version 7.
function newId() {
  const time = Date.now().toString(16).padStart(12, '0');
  const rest = crypto.randomUUID().slice(15);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest}`;
}

const connectTo = (bearer, on) =>
  createWsClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${bearer}` },
    retryAttempts: 0,
    on,
  });
const ws = connectTo(token);
const sse = createSseClient({ url, headers: { authorization: `Bearer ${token}` }, retryAttempts: 0 });

// The first message comes at once, and another after a change.
const followers = [ws, sse].map((client) => client.iterate(follow));
const cursorOf = async (follower) => {
  const { value } = await follower.next();
  assert.equal(value.errors, undefined, JSON.stringify(value));
  return value.data.changesAvailable.cursor;
};
const first = await Promise.all(followers.map(cursorOf));
assert.equal(first[0], first[1]);
const log = 'mutation($input: DefectLogInput!) { defectLog(input: $input) { userErrors { code message } } }';
const input = { defectId: newId(), unitId: project.units.nodes[0].id, type: 'WALL.CRACK' };
assert.deepEqual((await ask(log, { input }, token)).defectLog.userErrors, []);
const second = await Promise.all(followers.map(cursorOf));
assert.equal(second[0], second[1]);
assert.notEqual(second[0], first[0]);
await Promise.all(followers.map((follower) => follower.return()));

// One answer, and its end.
for (const client of [ws, sse]) {
  const answers = [];
  for await (const answer of client.iterate({ query: '{ viewer { id } }' })) answers.push(answer);
  assert.equal(answers.length, 1);
  assert.ok(answers[0].data.viewer.id);
}

// A project that is none.
const nowhere = { ...follow, variables: { id: newId() } };
await assert.rejects(ws.iterate(nowhere).next(), (errors) => errors[0].extensions.code === 'NOT_FOUND');
const { value } = await sse.iterate(nowhere).next();
assert.equal(value.errors[0].extensions.code, 'NOT_FOUND');

// A token that is none.
const refused = connectTo('nonsense');
await assert.rejects(refused.iterate(follow).next(), (event) => event.code === 4403);

await Promise.all([ws.dispose(), sse.dispose()]);
console.log('live updates by graphql-ws and graphql-sse ok');
