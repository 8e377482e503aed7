/**
 * All steps that are possible from each status, written by hand from the guide: the service's records are checked
 * against this, and not against its own table.
 */
export const legalSteps: readonly (readonly [from: string | null, event: string, by: string, to: string])[] = [
  [null, 'ConnectionCreated', 'source', 'pending'],
  ['pending', 'ConnectionActivated', 'destination', 'active'],
  ['pending', 'ConnectionDeactivated', 'source', 'inactive'],
  ['pending', 'ConnectionDeactivated', 'destination', 'inactive'],
  ['active', 'ConnectionDeactivated', 'source', 'inactive'],
  ['active', 'ConnectionDeactivated', 'destination', 'inactive'],
  ['inactive', 'ConnectionReturnedToPending', 'source', 'pending'],
];
