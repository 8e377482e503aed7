import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type CommandContext, ConnectionLog, type CommandOutcome } from '../connection-log';
import { reactivate } from '../domain/connection';
import { newText, sealed } from '../texts';

/** The source returns an inactive connection to pending, for the destination to activate again. */
export class ReactivateConnection extends Command<CommandOutcome> {
  constructor(
    readonly connectionId: string,
    /** The reason, readable by both parties; null for none. */
    readonly reason: string | null,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(ReactivateConnection)
export class ReactivateConnectionHandler implements ICommandHandler<ReactivateConnection> {
  constructor(private readonly connections: ConnectionLog) {}

  execute({ connectionId, reason, context }: ReactivateConnection): Promise<CommandOutcome> {
    const text = newText(reason);
    const decision = reactivate(context.by, new Date().toISOString(), sealed(text));
    return this.connections.take('reactivate', connectionId, decision, context, text);
  }
}
