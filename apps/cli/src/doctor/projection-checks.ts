import { counted } from '../progress';
import type { ProjectionState } from '../projection-state';
import { type Check, type Finding, ok, problem, warning } from './check';

/** Checks how the projections compare with the log. */
export const projectionChecks = (states: readonly ProjectionState[]): Check[] =>
  states.map((state) => ({ name: `projection ${state.name}`, ...projectionFinding(state) }));

function projectionFinding({ state, lag, 'lag-unit': unit, problem: why, rebuild }: ProjectionState): Finding {
  const again = 'Run "projection rebuild".';
  const distance = `${counted(lag)} ${unit}`;
  switch (state) {
    case 'missing':
      return warning('It is not made yet.', 'Start the service, which makes it.');
    case 'outdated':
      return warning(why ?? '', 'Start the service, which rebuilds it.');
    case 'faulted':
      return problem(
        `It stands still, ${distance} behind: ${why}`,
        'Use a version that knows this event, and start it; it goes on from there.',
      );
    case 'ahead-of-log':
      return problem(why ?? '', `The log is an older copy: restore the newer one. If it is the right one: ${again}`);
    case 'behind':
      return warning(
        `It is ${distance} behind the log.`,
        'The running service catches up in a moment; if this number stays, see its /readyz and its log.',
      );
    case 'current':
      return rebuild === null
        ? ok('It has seen the whole log.')
        : warning(
            'It has seen the whole log; a rebuild was begun.',
            `Unless one is running now, it broke off. ${again}`,
          );
  }
}
