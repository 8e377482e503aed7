import { useMutation, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query';
import { useRef } from 'react';

/** An action of a person, and its state. */
export type Deed<Result, Input> = Omit<UseMutationResult<Result, Error, Input>, 'mutate' | 'mutateAsync'> & {
  /** Starts it, unless it is under way or done. */
  readonly act: (input: Input) => void;
};

/**
 * A mutation that runs once, and again only if it failed or was reset. The second click of a double click may come
 * before the button is shown as disabled or, after a quick answer, while a dialog closes.
 */
export function useDeed<Result, Input = void>(options: UseMutationOptions<Result, Error, Input>): Deed<Result, Input> {
  const { mutateAsync, reset, ...state } = useMutation(options);
  const isTaken = useRef(false);
  const release = (): void => {
    isTaken.current = false;
  };
  return {
    ...state,
    act: (input) => {
      if (isTaken.current) return;
      isTaken.current = true;
      // The error is in the mutation's state.
      mutateAsync(input).catch(release);
    },
    reset: () => {
      release();
      reset();
    },
  };
}
