import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type CommandContext, ConnectionLog, type CommandOutcome } from '../connection-log';
import type { Redactor } from '../domain/redaction';

/** Removes for ever what was written with an event. The log keeps the commitment, so every hash stays valid. */
export class RedactText extends Command<CommandOutcome> {
  constructor(
    readonly connectionId: string,
    /** The revision of the event that the text was written with. */
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
