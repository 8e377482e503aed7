import type { JSX } from 'react';
import { closed } from './isolated';
import './written.css';

/** What somebody wrote, or is called: whichever way it reads, what stands around it stays as it is. */
export const Written = ({ children }: { readonly children: string }): JSX.Element => <bdi>{closed(children)}</bdi>;
