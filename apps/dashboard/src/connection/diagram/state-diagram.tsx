import { Paper, Stack, Text, Title } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import type { JSX } from 'react';
import { ruleOf } from '@connections/connection/domain/lifecycle';
import { statusWords, stepWords } from '@connections/connection/domain/words';
import type { Connection } from '../../connections/connection-queries';
import { eventsAround, type Subject } from '../history-queries';
import type { Parties } from '../parties';
import { BEGINNING, column, cornerOf, drawnOf, HEIGHT, NODE, WIDTH } from './geometry';
import classes from './state-diagram.module.css';
import { isWay, numbersIn, type Walked, walkedIn, type Way, ways } from './walked-path';

/** The path shows at least this many of the last events. */
const SHOWN = 100;

interface StateDiagramProps {
  /** The connection as it is now. */
  readonly connection: Connection;
  /** The connection as it is shown, now or at a past time. */
  readonly shown: Connection;
  readonly subject: Subject;
  readonly parties: Parties;
  readonly isPast: boolean;
}

/** The statuses of a connection, who can take it from one to another, and the path that this one has taken. */
export function StateDiagram({ connection, shown, subject, parties, isPast }: StateDiagramProps): JSX.Element {
  const { revision } = shown.meta;
  const parts = useQueries({
    queries: [revision, ...(revision >= SHOWN ? [revision - SHOWN] : [])].map((at) =>
      eventsAround(subject, connection, at),
    ),
  });
  const events = parts
    .flatMap(({ data }) => data?.events ?? [])
    .filter((event) => event.revision <= revision)
    .sort((one, other) => one.revision - other.revision);
  const walked = walkedIn(events);
  const untold = events[0]?.revision ?? 0;
  const { status } = shown.attributes;

  return (
    <Paper withBorder p="md" component="section" aria-labelledby="lifecycle">
      <Stack gap="sm">
        <Title order={2} id="lifecycle" fz="h5">
          Lifecycle
        </Title>
        <svg
          className={classes['drawing']}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-label={`State diagram. The connection ${isPast ? 'was' : 'is'} ${statusWords[status].name}. The same in words follows below it.`}
        >
          <defs>
            {['gone', 'open'].map((kind) => (
              <marker
                key={kind}
                id={`head-${kind}`}
                viewBox="0 0 8 8"
                refX="7"
                refY="4"
                markerWidth="8"
                markerHeight="8"
                markerUnits="userSpaceOnUse"
                orient="auto"
              >
                <path className={classes[`head-${kind}`]} d="M0 0L8 4L0 8Z" />
              </marker>
            ))}
          </defs>
          <circle className={classes['beginning']} cx={BEGINNING.x} cy={BEGINNING.y} r={BEGINNING.radius} />
          {ways.map((way) => (
            <Arrow key={`${way.step} ${way.from}`} way={way} walked={walked} />
          ))}
          {column.map((each) => {
            const { x, y } = cornerOf(each);
            const isHere = each === status;
            return (
              <g key={each} className={isHere ? classes['here'] : classes['there']}>
                <rect x={x} y={y} width={NODE.width} height={NODE.height} rx={10} />
                <text x={x + NODE.width / 2} y={y + NODE.height / 2} dy={isHere ? '-0.15em' : '0.35em'}>
                  {statusWords[each].name}
                </text>
                {isHere && (
                  <text className={classes['mark']} x={x + NODE.width / 2} y={y + NODE.height / 2} dy="1.25em">
                    {isPast ? '● it was here' : '● it is here'}
                  </text>
                )}
              </g>
            );
          })}
        </svg>
        <Text size="xs" c="dimmed">
          Source: {parties.source}. Destination: {parties.destination}. Solid arrows were taken, at the revisions beside
          them{untold > 0 && ` (those before revision ${untold} are not shown)`}.
        </Text>
        <details className={classes['words']}>
          <summary>The same in words</summary>
          <ul>
            {ways.map((way) => (
              <li key={`${way.step} ${way.from}`}>
                {nameOf(way)}: {whoOf(way)}, from {way.from === null ? 'the beginning' : statusWords[way.from].name} to{' '}
                {statusWords[way.to].name}. {goneIn(way, walked)}
              </li>
            ))}
          </ul>
        </details>
      </Stack>
    </Paper>
  );
}

interface ArrowProps {
  readonly way: Way;
  readonly walked: readonly Walked[];
}

function Arrow({ way, walked }: ArrowProps): JSX.Element {
  const { path, label } = drawnOf(way);
  const times = timesOf(way, walked);
  const gone = times.length > 0;
  const kind = gone ? 'gone' : 'open';
  const lines = [
    ...brokenUp(nameOf(way)).map((text) => ({ text, look: undefined })),
    ...brokenUp(whoOf(way)).map((text) => ({ text, look: classes['who'] })),
    ...(gone ? [{ text: numbersIn(times), look: classes['numbers'] }] : []),
  ];
  return (
    <g>
      <path className={classes[kind]} d={path} markerEnd={`url(#head-${kind})`} />
      <text className={classes['label']} x={label.x} textAnchor={label.anchor}>
        {lines.map(({ text, look }, index) => (
          <tspan
            key={text}
            className={look}
            x={label.x}
            y={label.y + (index - (lines.length - 1) / 2) * LINE}
            dy="0.35em"
          >
            {text}
          </tspan>
        ))}
      </text>
    </g>
  );
}

const LINE = 14;

/** Only the verb, since the drawing is about a connection. */
const nameOf = ({ step }: Way): string => (step === 'create' ? 'Create' : stepWords[step]);

/** Splits a text into two lines if there is a place to break it after the middle. */
function brokenUp(text: string): string[] {
  if (text.length <= 11) return [text];
  const at = text.lastIndexOf(' ');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

const whoOf = ({ step }: Way): string => ruleOf(step).by.join(' or ');

const timesOf = (way: Way, walked: readonly Walked[]): number[] =>
  walked.filter((one) => isWay(one, way)).map(({ revision }) => revision);

function goneIn(way: Way, walked: readonly Walked[]): string {
  const times = timesOf(way, walked);
  if (times.length === 0) return 'Not taken.';
  return `Taken at revision ${times.join(', ')}.`;
}
