import type { ComponentProps, JSX } from 'react';

type WaitingButtonProps = ComponentProps<'button'> & { readonly 'data-loading'?: boolean };

/**
 * A button that keeps the focus while it waits for what it was pressed for. The library disables it then, and whoever
 * pressed it by keyboard would begin anew at the top of the page.
 */
export function WaitingButton({ disabled, onClick, type = 'button', ...props }: WaitingButtonProps): JSX.Element {
  const waits = props['data-loading'] === true;
  return (
    <button
      {...props}
      type={type}
      disabled={disabled === true && !waits}
      aria-disabled={waits || undefined}
      // A form is not sent again either.
      onClick={waits ? (event) => event.preventDefault() : onClick}
    />
  );
}
