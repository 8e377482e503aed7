import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { connectionIdOf } from '../connection-id';
import { type CommandContext, ConnectionLog, type CommandOutcome } from '../connection-log';
import { create } from '../domain/connection';
import { InvalidTerms } from '../domain/connection.errors';
import { newText, sealed } from '../texts';
import { ConnectionPolicy, TermsCheck } from './terms-check';

/** An organization, as source, proposes to share data with a destination. */
export class CreateConnection extends Command<CommandOutcome> {
  constructor(
    readonly terms: {
      readonly destinationOrganizationId: string;
      readonly name: string | null;
      /** Null for the default scopes. */
      readonly scopes: readonly string[] | null;
    },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(CreateConnection)
export class CreateConnectionHandler implements ICommandHandler<CreateConnection> {
  constructor(
    private readonly connections: ConnectionLog,
    private readonly check: TermsCheck,
    private readonly policy: ConnectionPolicy,
  ) {}

  async execute({
    terms: { destinationOrganizationId, name, scopes },
    context,
  }: CreateConnection): Promise<CommandOutcome> {
    const { by } = context;
    const connectionId = connectionIdOf(by.organizationId, destinationOrganizationId);
    const terms = { connectionId, destinationOrganizationId, name, scopes: scopes ?? this.policy.defaultScopes };
    const problems = await this.check.problems(terms, by.organizationId);
    if (problems.length > 0) throw new InvalidTerms(problems);
    const text = newText(name === null ? null : name.trim());
    const decision = create({ ...terms, name: sealed(text) }, by, new Date().toISOString(), this.policy);
    return this.connections.take('create', connectionId, decision, context, text);
  }
}
