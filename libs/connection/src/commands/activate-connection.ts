import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type CommandContext, ConnectionLog, type CommandOutcome } from '../connection-log';
import { activate } from '../domain/connection';

/** The destination agrees: from now on data may be shared. */
export class ActivateConnection extends Command<CommandOutcome> {
  constructor(
    readonly connectionId: string,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(ActivateConnection)
export class ActivateConnectionHandler implements ICommandHandler<ActivateConnection> {
  constructor(private readonly connections: ConnectionLog) {}

  execute({ connectionId, context }: ActivateConnection): Promise<CommandOutcome> {
    const decision = activate(context.by, new Date().toISOString());
    return this.connections.take('activate', connectionId, decision, context);
  }
}
