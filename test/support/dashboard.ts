import type { Locator } from 'playwright-core';
import type { Visitor } from './visitors';
import { type Person, signIn } from './people';

/** What the dialog for a new connection asks for. */
export interface Terms {
  readonly partner: string;
  readonly name?: string;
}

/** Somebody at the dashboard of their organization. They find everything by the words that they see and hear. */
export class Member {
  private constructor(
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
