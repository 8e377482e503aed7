import { NativeSelect, NumberInput, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import { eventWords } from '@connections/connection/domain/words';
import type { Connection } from '../../connections/connection-queries';
import { inBrief } from '../happened';
import { eventsAround, type Subject } from '../history-queries';
import type { Past } from '../page-address';
import type { Parties } from '../parties';
import { MomentInput } from '../past/moment-input';
import { fromField, localMoment, toField } from '../times';
import classes from './comparison.module.css';

/** With more events than this, a list to choose from would be too long. */
const CHOSEN_FROM = 100;

interface EndProps {
  readonly legend: string;
  readonly connection: Connection;
  readonly subject: Subject;
  readonly parties: Parties;
  /** Null for now. */
  readonly value: Past | null;
  readonly hasNow?: boolean;
  /** @param isTyping whether more changes may follow at once, so that "back" skips this one. */
  readonly onChange: (value: Past | null, isTyping?: boolean) => void;
}

/** One of the two times that are compared: after an event, at a moment, or now. */
export function End({ legend, connection, subject, parties, value, hasNow = false, onChange }: EndProps): JSX.Element {
  const last = connection.meta.revision;
  const kind = value === null ? 'now' : 'revision' in value ? 'event' : 'moment';
  const choose = (chosen: string): void => {
    if (chosen === 'now') onChange(null);
    else if (chosen === 'event') onChange({ revision: last });
    else onChange({ asOf: connection.attributes.updatedAt });
  };
  return (
    <fieldset className={classes['end']}>
      <legend>{legend}</legend>
      <NativeSelect
        aria-label={`${legend}: kind of time`}
        value={kind}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[
          ...(hasNow ? [{ value: 'now', label: 'Now' }] : []),
          { value: 'event', label: 'After an event' },
          { value: 'moment', label: 'At a moment' },
        ]}
      />
      {value !== null && 'revision' in value && (
        <EventField
          label={`${legend}: event`}
          {...{ connection, subject, parties }}
          revision={value.revision}
          onChange={(revision, isTyping) => onChange({ revision }, isTyping)}
        />
      )}
      {value !== null && 'asOf' in value && (
        <MomentChoice
          label={`${legend}, by the clock here`}
          asOf={value.asOf}
          onChange={(asOf) => onChange({ asOf })}
        />
      )}
    </fieldset>
  );
}

interface EventFieldProps extends Pick<EndProps, 'connection' | 'subject' | 'parties'> {
  readonly label: string;
  readonly revision: number;
  readonly onChange: (revision: number, isTyping?: boolean) => void;
}

/** Lets people choose an event from a list, or by its revision if the list would be too long. */
function EventField({ label, connection, subject, parties, revision, onChange }: EventFieldProps): JSX.Element {
  const last = connection.meta.revision;
  const { data } = useQuery(eventsAround(subject, connection, Math.min(revision, last)));
  const events = data?.events ?? [];
  if (last < CHOSEN_FROM) {
    return (
      <NativeSelect
        aria-label={label}
        value={String(revision)}
        onChange={(event) => onChange(Number(event.currentTarget.value))}
        data={
          events.length === 0
            ? [{ value: String(revision), label: `Revision ${revision}` }]
            : events.map((event) => ({
                value: String(event.revision),
                label: `${event.revision}: ${eventWords[event.event]}, ${localMoment(event.occurredAt)}`,
              }))
        }
      />
    );
  }
  const event = events.find((each) => each.revision === revision);
  return (
    <>
      <NumberInput
        label={`Revision, 0 to ${last.toLocaleString()}`}
        value={revision}
        min={0}
        max={last}
        allowDecimal={false}
        allowNegative={false}
        clampBehavior="strict"
        onChange={(typed) => {
          if (typeof typed === 'number') onChange(typed, true);
        }}
      />
      <Text size="sm" mih="1lh">
        {event && inBrief(event, parties.nameOf)}
      </Text>
    </>
  );
}

interface MomentChoiceProps {
  readonly label: string;
  readonly asOf: string;
  readonly onChange: (asOf: string) => void;
}

function MomentChoice({ label, asOf, onChange }: MomentChoiceProps): JSX.Element {
  const [text, setText] = useState(toField(asOf));
  // After "back", the field shows the moment that is now in the address.
  const [shown, setShown] = useState(asOf);
  if (asOf !== shown) {
    setShown(asOf);
    setText(toField(asOf));
  }
  const leave = (): void => {
    const moment = fromField(text);
    // The field may be less precise than the moment in the address.
    if (moment !== null && text !== toField(asOf)) onChange(moment);
  };
  return <MomentInput label={label} value={text} onChange={setText} onLeave={leave} />;
}
