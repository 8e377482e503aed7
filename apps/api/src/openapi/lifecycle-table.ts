import { ruleOf, steps, type Step } from '@connections/connection/domain/lifecycle';

/** The lifecycle as a Markdown table, generated from the table that the domain uses. */
export const lifecycleTable = (): string =>
  [
    '| step | who | from | to | event |',
    '|---|---|---|---|---|',
    ...steps.map((step) => {
      const { by, to, event } = ruleOf(step);
      return `| ${step} | ${by.join(' or ')} | ${startsOf(step)} | ${to} | \`${event}\` |`;
    }),
  ].join('\n');

/** The rule of one step, as a sentence. */
export const ruleText = (step: Step): string => {
  const { by, from, to } = ruleOf(step);
  const starts = from.every((status) => status === null) ? '' : `, from ${startsOf(step)}`;
  return `Taken by the ${by.join(' or the ')}${starts}; leads to ${to}.`;
};

const startsOf = (step: Step): string =>
  ruleOf(step)
    .from.map((status) => status ?? '–')
    .join(' or ');
