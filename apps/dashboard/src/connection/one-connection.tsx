import { Skeleton, Stack, Tabs } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useLayoutEffect, useMemo, useRef, useState, type JSX } from 'react';
import type { Connection } from '../connections/connection-queries';
import { useColleagues } from '../organization/colleagues';
import { later } from '../shell/later';
import { useMembership } from '../shell/membership';
import classes from './connection.module.css';
import { StateDiagram } from './diagram/state-diagram';
import { Details } from './head/details';
import { Head } from './head/head';
import { Outlook } from './head/outlook';
import { pastQuery, type Subject } from './history-queries';
import { type View, views } from './page-address';
import { partiesOf } from './parties';
import { TimeTravel } from './past/time-travel';
import { Timeline } from './timeline/timeline';
import { useAddress } from './use-address';

const meanwhile = <Skeleton height={360} />;
const [Comparison] = later(async () => (await import('./comparison/comparison')).Comparison, { meanwhile });
const [NewestProof] = later(async () => (await import('./proof/newest-proof')).NewestProof);
const [Proofs] = later(async () => (await import('./proof/proofs')).Proofs, { meanwhile });

const viewWords: Readonly<Record<View, string>> = {
  history: 'History',
  compare: 'Compare',
  proof: 'Proof and export',
};

/** A connection: its state, now or at a past time, and its history. */
export function OneConnection({ connection }: { readonly connection: Connection }): JSX.Element {
  const membership = useMembership();
  const { address, go } = useAddress();
  const { past, view } = address;
  const { organizationId } = membership;
  const { id } = connection;
  // Memoized, so that a long timeline is not rendered again for nothing.
  const subject = useMemo((): Subject => ({ organizationId, connectionId: id }), [organizationId, id]);
  const colleagues = useColleagues(organizationId);
  const parties = useMemo(() => partiesOf(connection, membership, colleagues), [connection, membership, colleagues]);

  const wasNotThere = past !== null && 'asOf' in past && past.asOf < connection.attributes.createdAt;
  const then = useQuery({
    ...pastQuery(subject, past ?? { revision: 0 }),
    enabled: past !== null && !wasNotThere,
    placeholderData: keepPreviousData,
  });
  const shown = past === null ? connection : wasNotThere ? null : (then.data ?? null);

  // The timeline shows the events up to when the page was loaded, and the person's own; newer ones are offered.
  const [upTo, setUpTo] = useState(connection.meta.revision);

  // When something within a view leads to another view, its tab gets the focus.
  const tabs = useRef<HTMLDivElement>(null);
  const viewBefore = useRef(view);
  useLayoutEffect(() => {
    if (viewBefore.current === view) return;
    viewBefore.current = view;
    if (document.activeElement === document.body) {
      tabs.current?.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus();
    }
  }, [view]);

  return (
    <Stack gap="lg">
      <Head
        connection={connection}
        shown={shown}
        parties={parties}
        isPast={past !== null}
        onDone={(after) => setUpTo(after.meta.revision)}
      />
      <TimeTravel
        connection={connection}
        then={then}
        wasNotThere={wasNotThere}
        subject={subject}
        parties={parties}
        past={past}
        go={go}
      />
      <div className={classes['columns']}>
        <div className={classes['facts']}>
          {shown === null ? (
            !wasNotThere && <Skeleton height={720} />
          ) : (
            <>
              <Outlook connection={shown} parties={parties} isPast={past !== null} />
              <StateDiagram
                connection={connection}
                shown={shown}
                subject={subject}
                parties={parties}
                isPast={past !== null}
              />
              <Details connection={shown} parties={parties}>
                {past === null && <NewestProof connection={connection} subject={subject} />}
              </Details>
            </>
          )}
        </div>
        <Tabs
          ref={tabs}
          value={view}
          onChange={(chosen) => go({ view: views.find((it) => it === chosen) ?? 'history' })}
          keepMounted={false}
        >
          <Tabs.List mb="md" className={classes['tabs'] ?? ''}>
            {views.map((it) => (
              <Tabs.Tab key={it} value={it}>
                {viewWords[it]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="history">
            <Timeline
              connection={connection}
              subject={subject}
              parties={parties}
              upTo={upTo}
              onCaughtUp={setUpTo}
              address={address}
              go={go}
            />
          </Tabs.Panel>
          <Tabs.Panel value="compare">
            <Comparison connection={connection} subject={subject} parties={parties} address={address} go={go} />
          </Tabs.Panel>
          <Tabs.Panel value="proof">
            <Proofs connection={connection} subject={subject} />
          </Tabs.Panel>
        </Tabs>
      </div>
    </Stack>
  );
}
