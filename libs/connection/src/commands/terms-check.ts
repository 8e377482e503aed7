import { Injectable } from '@nestjs/common';
import { problemsOf, type Policy, type Terms } from '../domain/connection';
import type { TermsProblem } from '../domain/connection.errors';

/** What the operator permits; see `Policy`. */
export abstract class ConnectionPolicy implements Policy {
  abstract readonly scopes: readonly string[];
  abstract readonly defaultScopes: readonly string[];
  abstract readonly allowSelfConnections: boolean;
}

/** Tells whether an organization is known. Implemented by the module that keeps the directory. */
export abstract class KnownOrganizations {
  /** Synchronous if the answer is in memory. */
  abstract isKnown(organizationId: string): boolean | Promise<boolean>;
}

/** Terms with the name as plain text. */
export type WrittenTerms = Omit<Terms, 'name'> & { readonly name: string | null };

/** Finds everything that is wrong with the terms of a new connection. */
@Injectable()
export class TermsCheck {
  constructor(
    private readonly policy: ConnectionPolicy,
    private readonly organizations: KnownOrganizations,
  ) {}

  async problems({ name, ...terms }: WrittenTerms, sourceOrganizationId: string): Promise<TermsProblem[]> {
    const text = name === null ? null : { text: name };
    const problems = problemsOf({ ...terms, name: text }, sourceOrganizationId, this.policy);
    if (!(await this.organizations.isKnown(terms.destinationOrganizationId))) {
      problems.push({
        code: 'unknown-organization',
        attribute: 'destination-organization-id',
        details: `There is no organization ${JSON.stringify(terms.destinationOrganizationId)}. Ask your partner for the Organization ID under Organization > Information.`,
      });
    }
    return problems;
  }
}
