import { Button, Checkbox, Group, NativeSelect } from '@mantine/core';
import { useState, type JSX } from 'react';
import { eventWords } from '@connections/connection/domain/words';
import type { Connection } from '../../connections/connection-queries';
import { eventTypes } from '../event-types';
import { noFilter, type PageAddress } from '../page-address';
import type { Parties } from '../parties';
import { MomentInput } from '../past/moment-input';
import { fromField, toField } from '../times';
import type { Address } from '../use-address';
import classes from './timeline.module.css';

export interface FilterProps {
  readonly address: PageAddress;
  readonly connection: Connection;
  readonly parties: Parties;
  readonly go: Address['go'];
}

/** The filters of a history. */
export function FilterFields({ address, connection, parties, go }: FilterProps): JSX.Element {
  const { types, actor, start, end } = address;
  const { sourceOrganizationId: source, destinationOrganizationId: destination } = connection.attributes;
  const organizations = [
    { value: source, label: `${parties.source} (source)` },
    { value: destination, label: `${parties.destination} (destination)` },
  ].filter(({ value }, at, all) => all.findIndex((other) => other.value === value) === at);
  const isSomebody = actor !== null && actor !== source && actor !== destination;
  return (
    <div className={classes['fields']}>
      <fieldset className={classes['types']}>
        <legend>What happened</legend>
        <Group gap="md">
          {eventTypes.map((type) => (
            <Checkbox
              key={type}
              size="sm"
              label={eventWords[type]}
              checked={types.includes(type)}
              onChange={({ currentTarget: { checked } }) =>
                go({ types: eventTypes.filter((it) => (it === type ? checked : types.includes(it))) })
              }
            />
          ))}
        </Group>
      </fieldset>
      <NativeSelect
        label="Who"
        value={actor ?? ''}
        onChange={(event) => go({ actor: event.currentTarget.value || null })}
        data={[
          { value: '', label: 'Anybody' },
          ...organizations,
          ...(isSomebody ? [{ value: actor, label: `Only ${actor}` }] : []),
        ]}
      />
      <Bound label="From, by the clock here" value={start} onChange={(value) => go({ start: value })} />
      <Bound label="Until, by the clock here" value={end} onChange={(value) => go({ end: value })} />
      {(types.length > 0 || actor !== null || start !== null || end !== null) && (
        <Button variant="default" onClick={() => go(noFilter)} style={{ alignSelf: 'flex-end' }}>
          Clear the filter
        </Button>
      )}
    </div>
  );
}

interface BoundProps {
  readonly label: string;
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
}

function Bound({ label, value, onChange }: BoundProps): JSX.Element {
  const [typed, setTyped] = useState<{ readonly text: string; readonly over: string | null } | null>(null);
  // The address counts, unless somebody has typed since it changed.
  const text = typed !== null && typed.over === value ? typed.text : value === null ? '' : toField(value);
  const leave = (): void => {
    const moment = fromField(text);
    if (typed !== null && moment !== value) onChange(moment);
  };
  return (
    <MomentInput label={label} value={text} onChange={(now) => setTyped({ text: now, over: value })} onLeave={leave} />
  );
}
