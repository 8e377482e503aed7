import { isEmail } from 'class-validator';
import { faultOf } from './written-text';

/** Where longer addresses than this are sent to, there is no mailbox. */
export const longestEmailAddress = 254;

/**
 * Whether somebody may be known by this. Whoever makes people asks, since whoever signs them in does: a person with
 * another address never could.
 */
export const isEmailAddress = (text: string): boolean =>
  // Of half a character `isEmail` does not say that it is none, but throws.
  text.length <= longestEmailAddress && faultOf(text) === null && isEmail(text);
