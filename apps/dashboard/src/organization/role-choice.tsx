import { Radio, Stack } from '@mantine/core';
import type { JSX } from 'react';
import { type Role, roles, roleWords } from '../words/roles';

interface RoleChoiceProps {
  readonly label: string;
  readonly value: Role;
  readonly onChange: (role: Role) => void;
}

/** A choice of one role, each with what it permits. */
export const RoleChoice = ({ label, value, onChange }: RoleChoiceProps): JSX.Element => (
  <Radio.Group label={label} value={value} onChange={(chosen) => onChange(chosen)}>
    <Stack gap="xs" mt="xs">
      {roles.map((role) => (
        <Radio key={role} value={role} label={roleWords[role].name} description={roleWords[role].meaning} />
      ))}
    </Stack>
  </Radio.Group>
);
