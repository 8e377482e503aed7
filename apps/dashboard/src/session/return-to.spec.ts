import { returnTo, signInAddress, signOnAddress } from './return-to';

const asked = (address: string): string => returnTo(new URLSearchParams({ 'return-to': address }));

describe('coming back after signing in', () => {
  it('leads to where somebody wanted to go', () => {
    const address = '/o/org_1/connections?status=pending&search=a%20b';
    expect(asked(address)).toBe(address);
    expect(returnTo(new URL(signInAddress(address), 'http://localhost').searchParams)).toBe(address);
  });

  it('leads to the start where nothing was wanted', () => {
    expect(returnTo(new URLSearchParams())).toBe('/');
    expect(signInAddress('/')).toBe('/sign-in');
  });

  it.each([
    'https://elsewhere.example',
    '//elsewhere.example',
    '/\\elsewhere.example',
    '/\t/elsewhere.example',
    '/\n\\elsewhere.example',
    'javascript:alert(1)',
    '',
  ])('never leads to %j', (address) => expect(asked(address)).toBe('/'));

  it('by single sign-on leads to the start where the address is too long to be kept', () => {
    expect(signOnAddress(`/${'x'.repeat(999)}`)).toContain('return-to=%2Fx');
    expect(signOnAddress(`/${'x'.repeat(1_000)}`)).toMatch(/return-to=%2F$/);
  });

  it('does not lead to signing in again', () => expect(asked('/sign-in?return-to=/account')).toBe('/'));
});
