import type { Demo } from '../../apps/api/src/demo/demo';
import { Client } from './client';
import { type RunningService, startService } from './service';
import { temporaryFolder } from './temporary-folder';

/** What is set for a service, or what finds that first and may put files into its folder. */
export type Settings = NodeJS.ProcessEnv | ((folder: string) => NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv>);

/** The service of a file or a group of tests: started before the first of them, and afterwards stopped and its files removed. */
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

  /** Whoever is in its demonstration. */
  get demo(): Demo {
    return this.#service.demo;
  }

  get url(): string {
    return this.demo.url;
  }

  /** Its platform's admin. */
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

  /** It ends in good order, something may be done with its files, and it begins again at the address that those who use it know. */
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
