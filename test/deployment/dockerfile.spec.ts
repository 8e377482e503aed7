import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Configuration } from '@connections/host/configuration';
import { composeFile } from './compose-file';
import { command, healthCheck, image, imageEnvironment, inImage, stages, stagesOf } from './dockerfile';
import { manifest, read, root } from './repository';

/** Every `COPY` of what is in the repository. */
const copied = stages.flatMap(({ instructions }) =>
  instructions
    .filter(({ name, flags }) => name === 'COPY' && flags['from'] === undefined)
    .flatMap(({ text }) => text.split(/\s+/).slice(0, -1)),
);

describe('the reader of Dockerfiles', () => {
  it('joins lines, leaves comments out, and knows stages, flags and arguments', () => {
    const text =
      '# one\nFROM a:1 AS b\nRUN x \\\n  # two\n  && y\n\nFROM c:2\ncopy --from=b --chown=me:me /x ./\nCMD ["z"]\n';
    expect(stagesOf(text)).toEqual([
      { image: 'a:1', name: 'b', instructions: [{ name: 'RUN', flags: {}, text: 'x && y' }] },
      {
        image: 'c:2',
        name: null,
        instructions: [
          { name: 'COPY', flags: { from: 'b', chown: 'me:me' }, text: '/x ./' },
          { name: 'CMD', flags: {}, text: '["z"]' },
        ],
      },
    ]);
  });
});

describe('the image', () => {
  it('runs the Node.js that everybody runs', () => {
    const expected = `node:${manifest.dependencies['node']}-bookworm-slim`;
    expect(stages.map((stage) => stage.image)).toEqual(stages.map(() => expected));
  });

  it('is labelled with its version', () => {
    expect(inImage('LABEL')[0]?.text).toContain(`org.opencontainers.image.version="${manifest.version}"`);
  });

  it('runs as a user of no rights, who owns the folders of what is kept and nothing else', () => {
    expect(inImage('USER').map(({ text }) => text)).toEqual(['node']);
    const order = image.instructions.map(({ name }) => name);
    expect(order.lastIndexOf('RUN')).toBeLessThan(order.indexOf('USER'));
    expect(inImage('COPY').filter(({ flags }) => 'chown' in flags || 'chmod' in flags)).toEqual([]);
    expect(inImage('RUN')[0]?.text).toContain(
      `install --directory --owner=node --group=node --mode=700 ${imageEnvironment['DATA_DIR']} /keys /checkpoints`,
    );
  });

  it('starts the service as npm start does, without a shell in between', () => {
    const started = /^exec env (\w+)=\$\{\1:-(\d+)\} node (.+) apps\/api\/start\.mjs$/.exec(
      manifest.scripts['start'] ?? '',
    );
    const [, setting = 'a setting', value, flag] = started ?? [];
    expect(imageEnvironment).toMatchObject({ [setting]: value });
    expect(command).toEqual(['node', flag, 'dist/bin/api.js']);
    expect(inImage('ENTRYPOINT')).toEqual([]);
  });

  it('sets only what the service knows, and listens where it says', () => {
    const { NODE_ENV, MALLOC_ARENA_MAX, ...settings } = imageEnvironment;
    expect({ NODE_ENV, MALLOC_ARENA_MAX }).toEqual({ NODE_ENV: 'production', MALLOC_ARENA_MAX: '2' });
    expect(Object.keys(new Configuration())).toEqual(expect.arrayContaining(Object.keys(settings)));
    expect(settings).toMatchObject({ HOST: '0.0.0.0', PORT: inImage('EXPOSE')[0]?.text });
  });

  it('keeps out what is only there to build and to test', () => {
    const install = (stage: string): string =>
      stages.find(({ name }) => name === stage)?.instructions.find(({ text }) => text.startsWith('npm ci'))?.text ?? '';
    expect(install('dependencies').split(' ')).toEqual(expect.arrayContaining(['--omit=dev', '--ignore-scripts']));
    expect(install('build').split(' ')).toContain('--ignore-scripts');
    const taken = inImage('COPY').map(({ flags, text }) => [flags['from'] ?? '', text]);
    expect(taken).toEqual([
      ['', 'package.json ./'],
      ['dependencies', '/service/node_modules node_modules'],
      ['build', '/service/dist/bin dist/bin'],
      ['build', '/service/dist/apps/dashboard dist/apps/dashboard'],
    ]);
  });
});

describe('what the builder is given', () => {
  const ignored = read('.dockerignore').split('\n').filter((line) => line !== '' && !line.startsWith('#')); // prettier-ignore

  it('is there', () => {
    expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('is what the Dockerfile copies and nothing else: no data, no secrets, no history', () => {
    expect(ignored[0]).toBe('*');
    const admitted = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(admitted.sort()).toEqual([...new Set(copied)].sort());
    expect(admitted.filter((path) => /^\.|\*|data|\.env/.test(path))).toEqual([]);
  });
});

describe('the checks of health', () => {
  const checks: readonly (readonly [string, readonly string[], string])[] = [
    ['of the image', healthCheck, '/livez'],
    ['of the compose file', composeFile.services['api-1']?.healthcheck?.test.slice(1) ?? [], '/readyz'],
  ];

  it.each(checks)('%s go by what the service answers', async (_, [program = '', ...args], path) => {
    expect(program).toBe('node');
    const asked: string[] = [];
    let status = 200;
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(status).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const check = async (): Promise<unknown> => {
      const here = args.map((arg) => arg.replace(':3000/', `:${port}/`));
      const child = spawn(process.execPath, here, { env: { ...process.env, PORT: String(port) }, stdio: 'ignore' });
      return ((await once(child, 'exit')) as unknown[])[0];
    };
    try {
      expect(await check()).toBe(0);
      status = 503;
      expect(await check()).toBe(1);
      expect(asked).toEqual([path, path]);
    } finally {
      server.close();
      server.closeAllConnections();
    }
    expect(await check()).toBe(1);
  });
});
