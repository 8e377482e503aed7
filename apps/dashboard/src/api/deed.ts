import { useMutation, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query';
import { useRef } from 'react';

/** What a person does, and how it went. */
export type Deed<Result, Input> = Omit<UseMutationResult<Result, Error, Input>, 'mutate' | 'mutateAsync'> & {
  /** Does it, unless it is under way or done. */
  readonly act: (input: Input) => void;
};

/**
 * A mutation that is done once: again only when it failed, or was reset. The second click of a double click may come
 * before a button is shown as disabled, and after a quick answer, while a dialog goes.
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
      // What went wrong is in the state.
      mutateAsync(input).catch(release);
    },
    reset: () => {
      release();
      reset();
    },
  };
}
