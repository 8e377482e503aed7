import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type CommandContext, ConnectionLog, type CommandOutcome } from '../connection-log';
import type { Redactor } from '../domain/redaction';

/** Takes away for ever what was written with an event. The log keeps the commitment, and so every hash stays valid. */
export class RedactText extends Command<CommandOutcome> {
  constructor(
    readonly connectionId: string,
    /** Of the event. */
    readonly revision: number,
    readonly context: CommandContext<Redactor>,
  ) {
    super();
  }
}

@CommandHandler(RedactText)
export class RedactTextHandler implements ICommandHandler<RedactText> {
  constructor(private readonly connections: ConnectionLog) {}

  execute({ connectionId, revision, context }: RedactText): Promise<CommandOutcome> {
    return this.connections.redact(connectionId, revision, context, new Date().toISOString());
  }
}
