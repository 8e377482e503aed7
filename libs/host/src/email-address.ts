import { isEmail } from 'class-validator';
import { faultOf } from './written-text';

/** No mailbox has a longer address than this. */
export const longestEmailAddress = 254;

/**
 * Whether a person may have this e-mail address. It is checked when a person is created, because sign-in checks it too:
 * with another address, nobody could ever sign in.
 */
export const isEmailAddress = (text: string): boolean =>
  // Checked first: `isEmail` throws on a lone surrogate.
  text.length <= longestEmailAddress && faultOf(text) === null && isEmail(text);
