import type { Command, Option } from 'commander';

/**
 * Refuses an option that is given twice: otherwise the last value would silently count. Flags may be repeated, and so
 * may options that collect their values.
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

/**
 * Whether an option collects its values. Options with choices do not, although the library's reader for them takes the
 * previous values.
 */
const gathers = ({ parseArg, argChoices }: Option): boolean => argChoices === undefined && (parseArg?.length ?? 0) > 1;
