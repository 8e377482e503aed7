import type { Demo } from '../../apps/api/src/demo/demo';
import { Client } from './client';
import { type RunningService, startService } from './service';
import { temporaryFolder } from './temporary-folder';

/** Settings of a service, or a function that returns them and may put files into its data folder first. */
export type Settings = NodeJS.ProcessEnv | ((folder: string) => NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv>);

/** The service of a group of tests: started before the first of them; stopped, and its files removed, after the last. */
export class TestedService {
  readonly #folder = temporaryFolder();
  #settings: NodeJS.ProcessEnv = {};
  #running: RunningService | undefined;

  constructor(settings: Settings = {}) {
    beforeAll(async () => {
      this.#settings = typeof settings === 'function' ? await settings(this.folder) : settings;
      await this.#start(this.#settings);
    });
    afterAll(async () => {
      await this.#running?.stop();
      this.#folder.remove();
    });
  }

  /** The path of its data folder. */
  get folder(): string {
    return this.#folder.path;
  }

  /** Its demonstration's organizations, people and keys. */
  get demo(): Demo {
    return this.#service.demo;
  }

  get url(): string {
    return this.demo.url;
  }

  /** A client with the key of the platform's admin. */
  get platform(): Client {
    return new Client(this.url, this.demo.platform.key);
  }

  get process(): RunningService['process'] {
    return this.#service.process;
  }

  /** Everything it has logged since it was last started. */
  log(): string {
    return this.#service.log();
  }

  /** Stops the service, does something with its files, and starts it again at the same address. */
  async restart(meanwhile: () => void | Promise<void> = () => undefined): Promise<void> {
    const { port } = new URL(this.url);
    await this.#service.stop();
    await meanwhile();
    await this.#start({ ...this.#settings, PORT: port });
  }

  /** Ends it for good, as a power cut would. */
  kill(): Promise<void> {
    return this.#service.kill();
  }

  get #service(): RunningService {
    if (this.#running === undefined) throw new Error('The service is not started yet.');
    return this.#running;
  }

  async #start(settings: NodeJS.ProcessEnv): Promise<void> {
    this.#running = await startService(this.folder, settings);
  }
}
