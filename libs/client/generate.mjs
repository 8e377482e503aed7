// Makes the client's types from the OpenAPI document of the built service, and prints them.
// With --write they go where the client has them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { camelCase } from 'change-case';
import openApiTypes, { astToString } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';

const here = dirname(fileURLToPath(import.meta.url));
const service = join(here, '..', '..', 'dist', 'bin', 'api.js');
const target = join(here, 'src', 'generated.ts');

const HEAD =
  '// Made from the OpenAPI document of the service by `npm run generate:client`. Never change it by hand.\n\n';

async function document() {
  const folder = mkdtempSync(join(tmpdir(), 'connections-'));
  const child = spawn(process.execPath, [service, '--demo', '--json'], {
    env: { ...process.env, PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    const [line] = await Promise.race([
      once(createInterface({ input: child.stdout }), 'line'),
      ended.then(() => Promise.reject(new Error('The service did not start. `npm run build` makes it.'))),
    ]);
    const { url } = JSON.parse(line);
    return await (await fetch(`${url}/openapi.json`)).json();
  } finally {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the client speaks: the API itself, and of its answers those that are no errors, all in camel case. */
function spoken({ openapi, info, paths, components }) {
  // A file is no answer that a client has types for, nor is being sent elsewhere.
  const own = Object.entries(paths).filter(
    ([path, item]) => path.startsWith('/api/') && Object.values(item).every(isAnsweredAsJson),
  );
  return {
    openapi,
    info,
    paths: Object.fromEntries(
      own.map(([path, item]) => [
        path,
        Object.fromEntries(Object.entries(item).map(([method, operation]) => [method, spokenOperation(operation)])),
      ]),
    ),
    components: {
      schemas: Object.fromEntries(
        Object.entries(components.schemas)
          .filter(([name]) => !OF_OPERATIONS.includes(name))
          .map(([name, schema]) => [name, camelised(schema)]),
      ),
    },
  };
}

/** What only those see who run the service. */
const OF_OPERATIONS = ['Liveness', 'Readiness', 'PartState', 'ProjectionState'];

function isAnsweredAsJson({ responses }) {
  const [, answer] = Object.entries(responses).find(([code]) => code.startsWith('2')) ?? [];
  return answer !== undefined && JSON_TYPE in answer.content;
}

function spokenOperation({ operationId, summary, parameters = [], requestBody, responses }) {
  const [status, answer] = Object.entries(responses).find(([code]) => code.startsWith('2'));
  return {
    operationId,
    summary,
    parameters: parameters
      .filter((parameter) => parameter.in !== 'header')
      .map((parameter) => ({
        ...parameter,
        name: parameter.name.replace(/[a-z]+(-[a-z]+)+/, (name) => camelCase(name)),
      })),
    ...(requestBody && { requestBody: { required: requestBody.required, content: asJson(requestBody.content) } }),
    responses: { [status]: { description: answer.description, content: asJson(answer.content) } },
  };
}

const JSON_TYPE = 'application/json';

const asJson = (content) => ({ [JSON_TYPE]: { schema: camelised(content[JSON_TYPE].schema) } });

/** A schema as `Key-Inflection: camel` has its objects. */
function camelised(schema) {
  if (Array.isArray(schema)) return schema.map(camelised);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { properties, required, ...rest } = schema;
  return {
    ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, camelised(value)])),
    ...(required && { required: required.map((name) => camelCase(name)) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [camelCase(name), camelised(property)]),
      ),
    }),
  };
}

const types = HEAD + astToString(await openApiTypes(spoken(await document())));
const text = await format(types, { ...(await resolveConfig(target)), parser: 'typescript' });
if (process.argv.includes('--write')) writeFileSync(target, text);
else process.stdout.write(text);
