import { Button, Group } from '@mantine/core';
import { useState, type JSX, type SubmitEvent } from 'react';
import type { Past } from '../page-address';
import { fromField, toField } from '../times';
import type { Address } from '../use-address';
import { MomentField } from './moment-field';

interface MomentFormProps {
  /** The past time that is shown; null for now. */
  readonly past: Past | null;
  readonly go: Address['go'];
}

/** Goes to a moment, by the local clock. */
export function MomentForm({ past, go }: MomentFormProps): JSX.Element {
  const shown = past !== null && 'asOf' in past ? past.asOf : null;
  const [text, setText] = useState(shown === null ? '' : toField(shown));
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    // The field may be less precise than the moment in the address, such as in an hour that the clock repeats.
    const asOf = shown !== null && text === toField(shown) ? shown : fromField(text);
    if (asOf === null) setProblem('Give a day and a time.');
    else if (asOf > new Date().toISOString()) setProblem('This lies in the future; nobody knows yet.');
    else go({ past: { asOf } });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Group gap="xs" align="flex-end">
        <MomentField label="Or a moment, by the clock here" value={text} onChange={setText} error={problem} />
        <Button type="submit" variant="default" size="sm">
          Go there
        </Button>
      </Group>
    </form>
  );
}
