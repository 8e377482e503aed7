import type { Command, Option } from 'commander';

/**
 * Refuses an option that is given twice, of which the last would have counted without a word. Flags may be repeated, and
 * so may options that gather what they are given.
 */
export function refuseRepeated(command: Command): void {
  for (const option of command.options) {
    if (option.isBoolean() || gathers(option)) continue;
    let isGiven = false;
    command.on(`option:${option.name()}`, () => {
      if (isGiven) command.error(`${option.long ?? option.flags} is given twice. Give it once.`);
      isGiven = true;
    });
  }
  for (const part of command.commands) refuseRepeated(part);
}

/** Whether its values are read beside those before; of choices, the library's own reader takes those and leaves them. */
const gathers = ({ parseArg, argChoices }: Option): boolean => argChoices === undefined && (parseArg?.length ?? 0) > 1;
