// Runs every GraphQL-over-HTTP server audit of the npm package `graphql-http` against a URL.
// usage: node audit.mjs http://127.0.0.1:8080/graphql
// Prints each audit that is not ok, and fails unless all of them are.
import { serverAudits } from 'graphql-http';

const EXPECTED = 61;
const url = process.argv[2];
if (!url) {
  console.error('usage: node audit.mjs <url of the GraphQL endpoint>');
  process.exit(2);
}

let ok = 0;
const audits = serverAudits({ url });
for (const audit of audits) {
  const result = await audit.fn();
  if (result.status === 'ok') {
    ok += 1;
  } else {
    const status = result.response ? `HTTP ${result.response.status}` : 'no answer';
    console.log(`${result.status.toUpperCase()} ${audit.id} ${audit.name}: ${result.reason} (${status})`);
  }
}
console.log(`${ok} of ${audits.length} audits ok`);
if (ok !== EXPECTED || audits.length !== EXPECTED) {
  console.log(`expected ${EXPECTED} of ${EXPECTED}`);
  process.exit(1);
}
