import { Client } from '../support/client';
import { type RunningService, startService, temporaryFolder } from '../support/service';

describe('the handshake over HTTP', () => {
  const folder = temporaryFolder();
  let service: RunningService;
  beforeAll(async () => {
    service = await startService(folder.path);
  });
  afterAll(async () => {
    await service.stop();
    folder.remove();
  });

  it('goes from created to active', async () => {
    const { demo } = service;
    const source = new Client(demo.url, demo.source.key);
    const destination = new Client(demo.url, demo.destination.key);
    const created = await source.create(demo.destination['organization-id'], { name: 'Partner Connection' });
    expect(created.status).toBe(201);
    const activated = await destination.step(created.body.data.id, 'activate');
    expect(activated.body.data.attributes.status).toBe('active');
  });
});
