import type { ComponentProps, JSX } from 'react';

type WaitingButtonProps = ComponentProps<'button'> & { readonly 'data-loading'?: boolean };

/**
 * A button that keeps the focus while its action runs. The library would disable it, and a keyboard user would start
 * over at the top of the page.
 */
export function WaitingButton({ disabled, onClick, type = 'button', ...props }: WaitingButtonProps): JSX.Element {
  const waits = props['data-loading'] === true;
  return (
    <button
      {...props}
      type={type}
      disabled={disabled === true && !waits}
      aria-disabled={waits || undefined}
      // Also prevents a second submission of its form.
      onClick={waits ? (event) => event.preventDefault() : onClick}
    />
  );
}
