import { useId, type FocusEvent, type JSX, type MouseEvent, type ReactNode } from 'react';
import classes from './dropdown.module.css';

interface DropdownProps {
  /** What the button shows. */
  readonly button: ReactNode;
  readonly side: 'start' | 'end';
  readonly children: ReactNode;
}

/** A button that shows what else there is below it. The browser itself closes it, on Escape or a click elsewhere. */
export function Dropdown({ button, side, children }: DropdownProps): JSX.Element {
  const id = useId();
  return (
    <div className={classes['dropdown']}>
      <button type="button" className={classes['button']} popoverTarget={id}>
        {button}
      </button>
      <div
        id={id}
        popover="auto"
        onBlur={closeBehind}
        className={classes['panel']}
        data-side={side}
        onClick={closeAfterChoice}
      >
        {children}
      </div>
    </div>
  );
}

/** Whoever has chosen something is done. */
function closeAfterChoice(event: MouseEvent<HTMLElement>): void {
  if (event.target instanceof Element && event.target.closest('a, button') !== null) event.currentTarget.hidePopover();
}

/** Whoever goes on by keyboard does not find it before what they go to. Its own button closes it by itself. */
function closeBehind({ currentTarget, relatedTarget }: FocusEvent<HTMLElement>): void {
  if (relatedTarget instanceof HTMLButtonElement && relatedTarget.popoverTargetElement === currentTarget) return;
  if (relatedTarget !== null && !currentTarget.contains(relatedTarget)) currentTarget.hidePopover();
}

/** One of the things that a dropdown offers: give it to a link or a button. */
export const dropdownItem = classes['item'] ?? '';
