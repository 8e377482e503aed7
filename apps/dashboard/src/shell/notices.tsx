import { Notifications } from '@mantine/notifications';
import { useState, type JSX } from 'react';

/** How long a notice stays, in milliseconds; longer while somebody points at one, or has the focus in it. */
const STAYS = 8_000;

/** What happened, told where it does not stand in the way. Notices may lead to pages. */
export function Notices(): JSX.Element {
  const [hasFocus, setFocus] = useState(false);
  return (
    <Notifications
      position="bottom-right"
      autoClose={hasFocus ? false : STAYS}
      onFocus={() => setFocus(true)}
      onBlur={() => setFocus(false)}
    />
  );
}
