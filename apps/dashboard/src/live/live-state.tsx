import { Text } from '@mantine/core';
import { CountdownTimerIcon, DotFilledIcon, UpdateIcon } from '@radix-ui/react-icons';
import type { JSX } from 'react';
import { useSession } from '../session/signed-in';
import { useMembership } from '../shell/membership';
import type { LiveState as State } from './follow-events';
import classes from './live-state.module.css';
import { useLive } from './use-live';

const WORDS: Readonly<
  Record<State, { readonly name: string; readonly meaning: string; readonly Icon: typeof UpdateIcon }>
> = {
  connecting: { name: 'Connecting', meaning: 'Soon, what others do appears here by itself.', Icon: UpdateIcon },
  live: { name: 'Live', meaning: 'What others do appears here by itself.', Icon: DotFilledIcon },
  reconnecting: { name: 'Reconnecting', meaning: 'What others do appears once the service is back.', Icon: UpdateIcon },
  polling: { name: 'Every few seconds', meaning: 'What others do appears within seconds.', Icon: CountdownTimerIcon },
};

/** Keeps the pages live, and shows whether they are. */
export function LiveState(): JSX.Element {
  const state = useLive(useMembership(), useSession().attributes.person.id);
  const { name, meaning, Icon } = WORDS[state];
  return (
    <Text
      span
      size="xs"
      c="dimmed"
      role="status"
      className={classes['state'] ?? ''}
      data-state={state}
      data-hint={meaning}
    >
      <Icon aria-hidden />
      <span className={classes['name']}>{name}</span>
    </Text>
  );
}
