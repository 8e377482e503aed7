import type { JSX } from 'react';
import { closed } from './isolated';
import './written.css';

/** A text or name written by others, isolated so that its direction does not affect what is around it. */
export const Written = ({ children }: { readonly children: string }): JSX.Element => <bdi>{closed(children)}</bdi>;
