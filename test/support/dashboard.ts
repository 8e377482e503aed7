import type { BrowserContextOptions, Locator } from 'playwright-core';
import type { DemoPerson } from '../../apps/api/src/demo/demo';
import { type Client, newOrganization, type Pair, type Party } from './client';
import { newPerson, signIn } from './people';
import { type Settings, TestedService } from './tested-service';
import { type Visitor, visitors } from './visitors';

/** What to enter in the dialog for a new connection. */
export interface Terms {
  readonly partner: string;
  readonly name?: string;
}

/** A person at the dashboard of their organization. They find everything by the words that they see and hear. */
export class Member {
  constructor(
    readonly visitor: Visitor,
    readonly organizationId: string,
  ) {}

  /** Signs a person in, without the form, and shows the connections of their organization. */
  static async arrive(visitor: Visitor, person: DemoPerson, organizationId: string) {
    await signIn(visitor.page, person);
    const member = new Member(visitor, organizationId);
    await member.open('connections');
    return member;
  }

  get page() {
    return this.visitor.page;
  }

  /** The open dialog. */
  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  get heading(): Locator {
    return this.page.getByRole('heading', { level: 1 });
  }

  /** @param path relative to the organization's address, such as `connections`. */
  async open(path: string): Promise<void> {
    await this.page.goto(`/o/${this.organizationId}/${path}`);
    await this.heading.waitFor();
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
  }

  /** The part of the page under a heading. */
  section(heading: string): Locator {
    return this.page.getByRole('region', { name: heading });
  }

  /** Returns once a text with these words is shown. */
  async isTold(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** Dismisses all notices, and returns once there are none. */
  async noticed(): Promise<void> {
    const dismiss = this.button('Dismiss');
    await dismiss.evaluateAll((buttons) => buttons.forEach((button) => button.click()));
    await dismiss.first().waitFor({ state: 'detached' });
  }

  /** Waits until the visible events are proven, by an existing or a new checkpoint. */
  async seeProven(): Promise<void> {
    const proven = this.section('History').getByText('Proven', { exact: true }).first();
    const ask = this.button('Ask for a checkpoint now').first();
    await proven.or(ask).first().waitFor();
    if (await ask.isVisible()) await ask.click();
    await proven.waitFor();
  }

  /** Fills in the dialog for a new connection, without sending it. */
  async propose({ partner, name }: Terms): Promise<void> {
    await this.page
      .getByRole('main')
      .getByRole('button', { name: /^Create (your first )?connection$/ })
      .first()
      .click();
    await this.dialog.getByLabel('Organization ID of your partner').fill(partner);
    if (name !== undefined) await this.dialog.getByLabel('Name (optional)').fill(name);
  }

  /** The button that confirms the dialog. */
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

  /** Takes a step, and waits until it is done. */
  async take(step: string, reason?: string): Promise<void> {
    await this.ask(step);
    if (reason !== undefined) await this.dialog.getByLabel('Reason (optional)').fill(reason);
    await this.agree(step).click();
    await this.dialog.waitFor({ state: 'detached' });
  }
}

/** A service, and people at its dashboard, for one test file. */
export class Dashboard {
  readonly #arrive = visitors().arrive;
  readonly service: TestedService;

  /** @param settings of the service */
  constructor(settings?: Settings) {
    this.service = new TestedService(settings);
  }

  get url(): string {
    return this.service.url;
  }

  get platform(): Client {
    return this.service.platform;
  }

  /**
   * A visitor who is not signed in, at an empty page.
   * @param url another address than the service's.
   * @param options special settings of their browser.
   */
  somebody(url = this.url, options: BrowserContextOptions = {}): Promise<Visitor> {
    return this.#arrive(url, options);
  }

  /** Two organizations that nobody else uses. */
  async newPartners(): Promise<Pair> {
    const { platform } = this;
    const [source, destination] = await Promise.all(['Acme', 'Globex'].map((name) => newOrganization(platform, name)));
    return { source: source!, destination: destination! };
  }

  /** A new person of an organization, at its connections. */
  async someoneOf({ id, client }: Party, role = 'member', name = 'Robin Doe'): Promise<Member> {
    return Member.arrive(await this.somebody(), await newPerson(client, role, name), id);
  }
}
