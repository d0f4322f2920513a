// Lints the schema by the recommended rules of @graphql-eslint, those for Relay, and descriptions of everything.
// docs/architecture.md lists the findings that stay, with the reasons; fails at any other, and at one that is no more.
// usage: node lint.mjs
import { dirname, resolve } from 'node:path';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSchema, isObjectType } from 'graphql';
import { ESLint } from 'eslint';
import plugin from '@graphql-eslint/eslint-plugin';

const path = resolve(dirname(fileURLToPath(import.meta.url)), '../../schema.graphql');
const text = readFileSync(path, 'utf8');
const schema = buildSchema(text);

// Only what is a Node has an id; the rest are values, pages and answers.
const values = Object.values(schema.getTypeMap())
  .filter((type) => isObjectType(type) && !type.getInterfaces().some(({ name }) => name === 'Node'))
  .map(({ name }) => name);

const rules = {
  ...plugin.configs['flat/schema-recommended'].rules,
  ...plugin.configs['flat/schema-relay'].rules,
  '@graphql-eslint/strict-id-in-types': ['error', { acceptedIdNames: ['id'], acceptedIdTypes: ['ID'], exceptions: { types: values } }],
  '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false }],
  '@graphql-eslint/require-description': ['error', {
    types: true, rootField: true, DirectiveDefinition: true, FieldDefinition: true, InputValueDefinition: true,
    EnumValueDefinition: true,
  }],
  '@graphql-eslint/input-name': ['error', { checkInputType: true, caseSensitiveInputType: false }],
  '@graphql-eslint/no-scalar-result-type-on-mutation': 'error',
  '@graphql-eslint/require-nullable-fields-with-oneof': 'error',
};

// The findings that stay, by rule and the line of the schema.
const KNOWN = new Set([
  'naming-convention: type DefectType {',
  'naming-convention: type UnitType implements Node {',
  'no-typename-prefix: roomType: String!',
  'no-typename-prefix: unitType: UnitType',
  'relay-arguments: events(',
  'relay-edge-types: type ActiveSessionEdge {',
  'relay-edge-types: type DeviceEdge {',
  'relay-edge-types: type EventEdge {',
  'relay-edge-types: type InvitationEdge {',
  'relay-edge-types: type MemberEdge {',
  'relay-edge-types: type MessageAttemptEdge {',
  'relay-edge-types: type SyncOperationEdge {',
  'require-description: directive @deprecated(reason: String = "No longer supported") on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE',
  'require-description: directive @include(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT',
  'require-description: directive @skip(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT',
]);

const eslint = new ESLint({
  overrideConfigFile: true,
  cwd: dirname(path),
  overrideConfig: [{
    files: ['**/*.graphql'],
    languageOptions: { parser: plugin.parser, parserOptions: { graphQLConfig: { schema: path } } },
    plugins: { '@graphql-eslint': plugin },
    rules,
  }],
});
const [{ messages }] = await eslint.lintText(text, { filePath: path });
const lines = text.split('\n');
const found = new Map();
for (const { ruleId, line, message } of messages) {
  const rule = (ruleId ?? 'syntax').replace('@graphql-eslint/', '');
  found.set(`${rule}: ${lines[line - 1].trim()}`, `${line}: ${message}`);
}
const fresh = [...found].filter(([key]) => !KNOWN.has(key));
const gone = [...KNOWN].filter((key) => !found.has(key));
for (const [key, message] of fresh) console.error(`new: ${key} (schema.graphql ${message})`);
for (const key of gone) console.error(`no more there, take it out of the lists: ${key}`);
if (fresh.length + gone.length > 0) process.exit(1);
console.log(`@graphql-eslint: nothing but the ${KNOWN.size} findings that stay`);
