import { ATTEMPT_LASTS, attemptIn, beginAttempt } from './sign-on-attempt';

const now = Date.parse('2026-06-01T00:00:00.000Z');

describe('an attempt to sign on', () => {
  it('is known again by its cookie, for ten minutes', () => {
    const { attempt, cookie } = beginAttempt('/o/org_1/connections?a=ü', now);
    expect(attempt.returnTo).toBe('/o/org_1/connections?a=ü');
    expect(attemptIn(cookie, now)).toEqual(attempt);
    expect(attemptIn(cookie, now + ATTEMPT_LASTS * 1_000 - 1)).toEqual(attempt);
    expect(attemptIn(cookie, now + ATTEMPT_LASTS * 1_000)).toBeNull();
  });

  it('has nothing in common with another, and tells none of its parts by another', () => {
    const parts = [beginAttempt('/', now), beginAttempt('/', now)].flatMap(({ attempt, cookie }) => [
      attempt.state,
      attempt.nonce,
      attempt.codeVerifier,
      cookie.split('.')[0],
    ]);
    expect(new Set(parts).size).toBe(8);
    // As PKCE requires: 43 to 128 of these characters.
    for (const part of parts) expect(part).toMatch(/^[\w-]{43}$/);
  });

  it('is another one where its cookie was changed', () => {
    const { attempt, cookie } = beginAttempt('/', now);
    const [secret, until] = cookie.split('.');
    const elsewhere = Buffer.from('https://evil.example').toString('base64url');
    for (const changed of [`${secret}.${until}.${elsewhere}`, `${secret}.${Number(until) + 1}.Lw`]) {
      expect(attemptIn(changed, now)?.state).not.toBe(attempt.state);
    }
    for (const broken of [
      '',
      'x',
      `${secret}`,
      `${secret}.${until}.`,
      `${secret}x.${until}.Lw`,
      `${secret}.x.Lw`,
      `${cookie}.x`,
    ]) {
      expect([broken, attemptIn(broken, now)]).toEqual([broken, null]);
    }
  });
});
