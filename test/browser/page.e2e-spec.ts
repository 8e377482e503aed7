import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { visitors } from '../support/visitors';
import { inspect } from '../support/inspection';
import { type RunningService, startService, temporaryFolder } from '../support/service';

const folder = temporaryFolder();
const { arrive } = visitors();
let service: RunningService;
beforeAll(async () => {
  service = await startService(folder.path);
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

describe('a page of the dashboard', () => {
  it('is shown under its own policy, and is for everyone', async () => {
    const somebody = await arrive(service.demo.url);
    await somebody.page.goto('/sign-in');
    await somebody.page.getByRole('heading', { level: 1 }).waitFor();
    expect(await inspect(somebody, 'sign-in')).toEqual([]);
  });
});

describe('a page with defects', () => {
  const page = `<!doctype html><html><body><button style="width: 400px"></button>
    <script>console.error('inline');</script>
    <script src="/script.js"></script><img src="/broken.png" alt=""><img src="http://elsewhere.example/picture.png" alt=""></body></html>`;
  const server = createServer((request, response) => {
    if (request.url === '/script.js') return response.end("console.error('a defect'); undefined.member;");
    response.statusCode = request.url === '/' ? 200 : 500;
    return response
      .setHeader('content-type', 'text/html')
      .setHeader('content-security-policy', "script-src 'self'")
      .end(page);
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => server.close());

  it('fails its test by each of them', async () => {
    const somebody = await arrive(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await somebody.page.goto('/');
    expect(somebody.takeTroubles().sort()).toEqual(
      [
        /broken.png was answered 500/,
        /a script failed: TypeError/,
        /somebody else was asked: .*elsewhere/,
        /the console says: Executing inline script violates the following Content Security Policy/,
        /the console says: Failed to load resource: net::ERR_NAME_NOT_RESOLVED/,
        /the console says: a defect/,
      ].map((pattern) => expect.stringMatching(pattern)),
    );
  });
});
