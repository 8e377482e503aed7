/**
 * Every step that may follow on a status, written by hand from the guide: what the service records is judged by this,
 * not by its own table.
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
