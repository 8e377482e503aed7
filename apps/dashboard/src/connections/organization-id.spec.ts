import { organizationIdProblem } from './organization-id';

const OWN = 'org_ABC123';
const form = 'An Organization ID begins with org_, and letters and digits follow, such as org_DEF456.';

describe('the check of an Organization ID', () => {
  it('is content with one that is whole', () => {
    expect(organizationIdProblem('org_DEF456', OWN, true)).toBeNull();
    expect(organizationIdProblem('org_DEF456', OWN, false)).toBeNull();
  });

  it('waits while one is typed', () => {
    for (const begun of ['', 'o', 'or', 'org', 'org_']) expect(organizationIdProblem(begun, OWN, false)).toBeNull();
  });

  it('speaks up as soon as it can become none', () => {
    for (const wrong of ['cxn_1', 'org-', 'org_DEF 456', 'Acme', `org_${'A'.repeat(65)}`]) {
      expect(organizationIdProblem(wrong, OWN, false)).toBe(form);
    }
  });

  it('does not take what is only begun', () => {
    expect(organizationIdProblem('org_', OWN, true)).toBe(form);
    expect(organizationIdProblem('', OWN, true)).toBe('Paste the Organization ID of your partner.');
  });

  it('knows one’s own', () =>
    expect(organizationIdProblem(OWN, OWN, false)).toBe(
      'This is your own Organization ID. Ask your partner for theirs.',
    ));
});
