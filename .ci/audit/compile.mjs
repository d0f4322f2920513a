// Compiles the pull query of the reference client and all examples of the page as apps do: by graphql-js, by
// graphql-codegen with strict TypeScript, and by relay-compiler. Fails at the first that does not take them.
// usage: node compile.mjs
import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSchema, Kind, parse, print, validate, visit } from 'graphql';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as operations from '@graphql-codegen/typescript-operations';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(import.meta.url);

function read(path) {
  return readFileSync(join(root, path), 'utf8');
}

// The constants of the reference client's documents, by name. Operations get the constant's name, since compilers want one.
function ofClient() {
  const found = [...read('tests/src/tablet/documents.rs').matchAll(/pub const (\w+): &str = "([^"]*)"/g)];
  if (found.length < 5) throw new Error('the documents of the reference client were not found');
  return found.map(([, name, text]) => ({ name, text: text.replace(/^(query|mutation)/, `$1 Client_${name}`) }));
}

function ofExamples() {
  const folder = 'api/assets/examples';
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith('.graphql'));
  if (files.length < 30) throw new Error(`only ${files.length} examples were found`);
  return files.map((name) => ({ name, text: read(join(folder, name)) }));
}

const schemaText = read('schema.graphql');
const schema = buildSchema(schemaText);
const documents = [...ofClient(), ...ofExamples()].map(({ name, text }) => ({ name, document: parse(text) }));

const names = new Set();
for (const { name, document } of documents) {
  const errors = validate(schema, document);
  if (errors.length > 0) throw new Error(`${name}: ${errors.map((error) => error.message).join('; ')}`);
  for (const definition of document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)) {
    const operation = definition.name?.value;
    if (!operation || names.has(operation)) throw new Error(`${name}: its operation has no name of its own (${operation})`);
    names.add(operation);
  }
}
console.log(`graphql-js: ${documents.length} documents`);

const scratch = mkdtempSync(join(tmpdir(), 'handover-compile-'));
try {
  const config = { strictScalars: true, scalars: scalars(), avoidOptionals: false };
  const types = await codegen({
    filename: 'types.ts',
    schema: parse(schemaText),
    documents: documents.map(({ name, document }) => ({ location: name, document })),
    config,
    plugins: [{ typescript: {} }, { operations: {} }],
    pluginMap: { typescript, operations },
  });
  writeFileSync(join(scratch, 'types.ts'), types);
  const tsc = require.resolve('typescript/bin/tsc');
  // The types stand by themselves: none of those that other packages here bring.
  const options = ['--strict', '--noEmit', '--target', 'es2022', '--typeRoots', join(scratch, 'none')];
  execFileSync(process.execPath, [tsc, ...options, join(scratch, 'types.ts')], { stdio: 'inherit' });
  console.log(`graphql-codegen and strict TypeScript: ${types.length} bytes of types`);
  relay();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

// Scalars of the schema as an app reads them out of JSON.
function scalars() {
  const own = Object.values(schema.getTypeMap()).filter((type) => type.astNode?.kind === Kind.SCALAR_TYPE_DEFINITION);
  return Object.fromEntries(own.map((type) => [type.name, 'unknown']));
}

// Relay wants its documents in sources, and the names of operations and fragments to begin with the module's.
function relay() {
  const source = join(scratch, 'relay');
  mkdirSync(source);
  documents.forEach(({ document }, at) => {
    const named = (node, end) => ({ ...node, name: { ...node.name, value: `Document${at}${end}` } });
    const text = print(visit(document, {
      OperationDefinition: (node) => named(node, node.operation === 'query' ? 'Query' : 'Mutation'),
      FragmentDefinition: (node) => named(node, `_${node.name.value}`),
      FragmentSpread: (node) => named(node, `_${node.name.value}`),
    }));
    writeFileSync(join(source, `Document${at}.js`), `graphql\`${text}\`;\n`);
  });
  const config = { src: source, schema: join(root, 'schema.graphql'), language: 'javascript', noFutureProofEnums: true };
  writeFileSync(join(scratch, 'relay.json'), JSON.stringify(config));
  const compiler = require('relay-compiler');
  execFileSync(compiler, [join(scratch, 'relay.json'), '--output', 'quiet-with-errors'], { stdio: 'inherit', cwd: scratch });
  console.log('relay-compiler: done');
}
