import { Notifications } from '@mantine/notifications';
import type { JSX } from 'react';

/** How long a notice stays, in milliseconds; longer while somebody points at it. */
const STAYS = 8_000;

/** What happened, told where it does not stand in the way. Notices may lead to pages. */
export const Notices = (): JSX.Element => <Notifications position="bottom-right" autoClose={STAYS} />;
