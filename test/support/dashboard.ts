import type { BrowserContextOptions, Locator } from 'playwright-core';
import { Client, newOrganization, type Pair, type Party } from './client';
import { newPerson, type Person, signIn } from './people';
import { type RunningService, startService, temporaryFolder } from './service';
import { type Visitor, visitors } from './visitors';

/** What the dialog for a new connection asks for. */
export interface Terms {
  readonly partner: string;
  readonly name?: string;
}

/** Somebody at the dashboard of their organization. They find everything by the words that they see and hear. */
export class Member {
  constructor(
    readonly visitor: Visitor,
    readonly organizationId: string,
  ) {}

  /** Somebody signs in, past the form, and sees the connections of their organization. */
  static async arrive(visitor: Visitor, person: Pick<Person, 'email' | 'password'>, organizationId: string) {
    await signIn(visitor.page, person);
    const member = new Member(visitor, organizationId);
    await member.open('connections');
    return member;
  }

  get page() {
    return this.visitor.page;
  }

  /** The dialog that is open. */
  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  get heading(): Locator {
    return this.page.getByRole('heading', { level: 1 });
  }

  /** @param path behind the organization's own address, such as `connections` */
  async open(path: string): Promise<void> {
    await this.page.goto(`/o/${this.organizationId}/${path}`);
    await this.heading.waitFor();
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
  }

  /** What stands below a heading of the page. */
  section(heading: string): Locator {
    return this.page.getByRole('region', { name: heading });
  }

  /** Returns once something is told that these words are in. */
  async isTold(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** Dismisses every notice, and returns once there is none. */
  async noticed(): Promise<void> {
    const dismiss = this.button('Dismiss');
    await dismiss.evaluateAll((buttons) => buttons.forEach((button) => button.click()));
    await dismiss.first().waitFor({ state: 'detached' });
  }

  /** Has the events that are before them proven: by a checkpoint that is there, or by a new one. */
  async seeProven(): Promise<void> {
    const proven = this.section('History').getByText('Proven', { exact: true }).first();
    const ask = this.button('Ask for a checkpoint now').first();
    await proven.or(ask).first().waitFor();
    if (await ask.isVisible()) await ask.click();
    await proven.waitFor();
  }

  /** Fills in the dialog for a new connection, and leaves it to be sent. */
  async propose({ partner, name }: Terms): Promise<void> {
    await this.page
      .getByRole('main')
      .getByRole('button', { name: /^Create (your first )?connection$/ })
      .first()
      .click();
    await this.dialog.getByLabel('Organization ID of your partner').fill(partner);
    if (name !== undefined) await this.dialog.getByLabel('Name (optional)').fill(name);
  }

  /** The button that does what the dialog asks about. */
  agree(step: string): Locator {
    return this.dialog.getByRole('button', { name: step, exact: true });
  }

  /** Opens the dialog of a step by the first button for it. */
  async ask(step: string): Promise<void> {
    await this.page
      .getByRole('main')
      .getByRole('button', { name: new RegExp(`^${step}(:|$)`) })
      .first()
      .click();
    await this.dialog.waitFor();
  }

  /** Takes a step, and waits until it is taken. */
  async take(step: string, reason?: string): Promise<void> {
    await this.ask(step);
    if (reason !== undefined) await this.dialog.getByLabel('Reason (optional)').fill(reason);
    await this.agree(step).click();
    await this.dialog.waitFor({ state: 'detached' });
  }
}

/** A service, and people at its dashboard, for a file of tests. */
export class Dashboard {
  readonly #folder = temporaryFolder();
  readonly #arrive = visitors().arrive;
  #service: RunningService | undefined;
  #settings: NodeJS.ProcessEnv = {};

  /** @param prepare settings of the service, which may need to be found first */
  constructor(prepare: () => NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv> = () => ({})) {
    beforeAll(async () => {
      this.#settings = await prepare();
      this.#service = await startService(this.#folder.path, this.#settings);
    });
    afterAll(async () => {
      await this.#service?.stop();
      this.#folder.remove();
    });
  }

  get folder(): string {
    return this.#folder.path;
  }

  get service(): RunningService {
    if (this.#service === undefined) throw new Error('The service is not started yet.');
    return this.#service;
  }

  get url(): string {
    return this.service.demo.url;
  }

  get platform(): Client {
    return new Client(this.url, this.service.demo.platform.key);
  }

  /**
   * Somebody who is not signed in, with no page before them yet.
   * @param url where else than at the service
   * @param options what is different about their browser
   */
  somebody(url = this.url, options: BrowserContextOptions = {}): Promise<Visitor> {
    return this.#arrive(url, options);
  }

  /** The service ends, something is done with its files, and it begins again with the same settings. */
  async restart(meanwhile: () => Promise<void>): Promise<void> {
    await this.service.stop();
    await meanwhile();
    this.#service = await startService(this.#folder.path, this.#settings);
  }

  /** Two organizations that nobody else uses. */
  async newPartners(): Promise<Pair> {
    const { platform } = this;
    const [source, destination] = await Promise.all(['Acme', 'Globex'].map((name) => newOrganization(platform, name)));
    return { source: source!, destination: destination! };
  }

  /** Somebody new of an organization, at its connections. */
  async someoneOf({ id, client }: Party, role = 'member', name = 'Robin Doe'): Promise<Member> {
    return Member.arrive(await this.somebody(), await newPerson(client, role, name), id);
  }
}
