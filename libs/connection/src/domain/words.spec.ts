import { allowedActions } from './connection';
import type { PartyRole, Status } from './lifecycle';
import { consequenceOf, outlookOf, statusWords, stepDoneWords } from './words';

const statuses: Status[] = ['pending', 'active', 'inactive'];
const roles: PartyRole[] = ['source', 'destination'];
const counterparty = 'Globex';

const every = statuses.flatMap((status) => roles.map((role) => ({ status, role })));

describe('the words of the handshake', () => {
  it('say before a step what it leads to', () => {
    const view = (role: PartyRole): { role: PartyRole; counterparty: string } => ({ role, counterparty });
    expect(consequenceOf('activate', 'pending', view('destination'))).toBe(
      'From then on Globex may share data of these scopes with your organization. Either of you can deactivate the connection at any time.',
    );
    expect(consequenceOf('deactivate', 'active', view('source'))).toBe(
      'Sharing stops at once. Later your organization can return it to pending; Globex then decides anew.',
    );
    expect(consequenceOf('deactivate', 'active', view('destination'))).toBe(
      'Sharing stops at once. Later only Globex can return it to pending; your organization then decides anew.',
    );
    expect(consequenceOf('deactivate', 'pending', view('source'))).toBe(
      'Globex can no longer activate it, so nothing will be shared. Later your organization can return it to pending; Globex then decides anew.',
    );
    expect(consequenceOf('deactivate', 'pending', view('destination'))).toBe(
      'Your organization declines it, so nothing will be shared. Later only Globex can return it to pending; your organization then decides anew.',
    );
    expect(consequenceOf('reactivate', 'inactive', view('source'))).toBe(
      'The connection waits for Globex again. Nothing is shared until Globex activates it.',
    );
  });

  it.each(every)('promise a $role nothing of a connection that is $status but what it may do', ({ status, role }) => {
    const outlook = outlookOf(status, { role, counterparty });
    const actions = allowedActions(status, [role]);
    expect(/your organization activates it/.test(outlook)).toBe(actions.includes('activate'));
    expect(/Your organization can return it to pending/.test(outlook)).toBe(actions.includes('reactivate'));
    expect(/Nothing is shared/.test(outlook)).toBe(status !== 'active');
  });

  it('call the status that a step leads to as the status is called', () => {
    expect(stepDoneWords.activate).toContain(statusWords.active.name.toLowerCase());
    expect(stepDoneWords.deactivate).toContain(statusWords.inactive.name.toLowerCase());
    expect(stepDoneWords.create).toContain(statusWords.pending.name.toLowerCase());
    expect(stepDoneWords.reactivate).toContain(statusWords.pending.name.toLowerCase());
  });
});
