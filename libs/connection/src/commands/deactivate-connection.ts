import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type CommandContext, ConnectionLog, type CommandOutcome } from '../connection-log';
import { deactivate } from '../domain/connection';
import { newText, sealed } from '../texts';

/** Either party ends the sharing. */
export class DeactivateConnection extends Command<CommandOutcome> {
  constructor(
    readonly connectionId: string,
    /** The reason, readable by both parties; null for none. */
    readonly reason: string | null,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(DeactivateConnection)
export class DeactivateConnectionHandler implements ICommandHandler<DeactivateConnection> {
  constructor(private readonly connections: ConnectionLog) {}

  execute({ connectionId, reason, context }: DeactivateConnection): Promise<CommandOutcome> {
    const text = newText(reason);
    const decision = deactivate(context.by, new Date().toISOString(), sealed(text));
    return this.connections.take('deactivate', connectionId, decision, context, text);
  }
}
