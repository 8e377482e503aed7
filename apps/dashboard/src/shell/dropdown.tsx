import { useId, type FocusEvent, type JSX, type MouseEvent, type ReactNode } from 'react';
import classes from './dropdown.module.css';

interface DropdownProps {
  /** The content of the button. */
  readonly button: ReactNode;
  readonly side: 'start' | 'end';
  readonly children: ReactNode;
}

/** A button that opens a panel below it. The browser itself closes it, on Escape or a click elsewhere. */
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

/** Closes the panel after a choice. */
function closeAfterChoice(event: MouseEvent<HTMLElement>): void {
  if (event.target instanceof Element && event.target.closest('a, button') !== null) event.currentTarget.hidePopover();
}

/**
 * Closes the panel when the focus leaves it, so that it does not cover what comes next. Its own button does it anyway.
 */
function closeBehind({ currentTarget, relatedTarget }: FocusEvent<HTMLElement>): void {
  if (relatedTarget instanceof HTMLButtonElement && relatedTarget.popoverTargetElement === currentTarget) return;
  if (relatedTarget !== null && !currentTarget.contains(relatedTarget)) currentTarget.hidePopover();
}

/** The class of a link or button within a dropdown. */
export const dropdownItem = classes['item'] ?? '';
