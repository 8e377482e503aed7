import { pino } from 'pino';
import type { Connection } from '@connections/connection/domain/connection';
import type { Caller } from '@connections/directory/roles';
import { bytesOf, textOf } from './byte-text';
import { decisionLines } from './decision-lines';

const question = {
  sourceOrganizationId: 'org_A',
  destinationOrganizationId: 'org_B',
  scopes: ['inquiry.read', 'a "quoted" one'],
  past: null,
};
const yes = { allowed: true, reason: 'active', refusedScopes: [], unblockedBy: null } as const;
const no = { ...yes, allowed: false, reason: 'no-connection' } as const;
const decidedUpon = { connection: { id: 'cxn_A' } as Connection, revision: 3, hash: null };
const problem = { code: 'no-scopes', attribute: 'scopes', details: 'At least one scope is needed.' } as const;
const at = new Date('2026-06-01T12:00:00.000Z');

/** What pino writes for the same objects. */
function written(...objects: object[]): string {
  let lines = '';
  const stream = { write: (line: string) => void (lines += line) };
  const log = pino({ base: null, timestamp: () => `,"time":"${at.toISOString()}"` }, stream);
  for (const object of objects) log.info(object, 'share check');
  return lines;
}

describe('the lines of decisions', () => {
  it('are those that pino would write, one for each question that was answered', () => {
    const asOf = '2026-01-01T00:00:00.000Z';
    const lines = bytesOf(
      decisionLines(
        { type: 'api-key', id: 'api_1', role: 'member', organizationId: 'org_A' },
        'req_1',
        [question, question, { ...question, past: { asOf } }, { ...question, past: { revision: 7 } }],
        [{ ...yes, decidedUpon }, [problem], { ...no, decidedUpon: null }, { ...no, decidedUpon: null }],
        at,
      ),
    ).toString();
    const { past: _, ...asked } = question;
    const caller = { requestId: 'req_1', apiKey: 'api_1', organization: 'org_A' };
    const refusal = { allowed: false, reason: 'no-connection', connection: null, revision: null };
    expect(lines).toBe(
      written(
        { ...caller, ...asked, asOf: null, allowed: true, reason: 'active', connection: 'cxn_A', revision: 3 },
        { ...caller, ...asked, asOf, ...refusal },
        { ...caller, ...asked, asOf: null, ...refusal },
      ),
    );
  });

  it.each<[Caller, object]>([
    [
      { type: 'api-key', id: 'api_1', role: 'platform-auditor', organizationId: null },
      { apiKey: 'api_1', organization: null },
    ],
    [
      { type: 'user', id: 'usr_1', role: 'member', organizationId: 'org_A' },
      { user: 'usr_1', organization: 'org_A' },
    ],
  ])('say who asked: %j', (caller, said) => {
    const line = textOf(decisionLines(caller, 'req_1', [question], [{ ...yes, decidedUpon }], at));
    expect(JSON.parse(line)).toMatchObject(said);
  });
});
