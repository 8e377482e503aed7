import fc from 'fast-check';
import type { Connection } from '@connections/connection/domain/connection';
import { verdictOn } from '@connections/connection/domain/sharing';
import { keyInflections, withKeys } from '../http/key-inflection';
import { bytesOf, textOf } from './byte-text';
import { shareCheckResourceOf } from './share-check.resource';
import { answerTexts, unlisted } from './share-check.text';

const id = fc.stringMatching(/^org_[0-9A-Za-z]{1,64}$/);
const scopes = fc.array(fc.oneof(fc.constantFrom('inquiry.read', 'account.read'), fc.string({ unit: 'binary' })), {
  minLength: 1,
  maxLength: 4,
});
const connection = fc.record({
  id: fc.stringMatching(/^cxn_[1-9A-Za-z]{22}$/),
  status: fc.constantFrom('pending', 'active', 'inactive'),
  scopes,
  updatedAt: fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
    .map((at) => at.toISOString()),
}) as unknown as fc.Arbitrary<Connection>;
const decidedUpon = fc.record({
  connection,
  revision: fc.nat(),
  hash: fc.option(fc.stringMatching(/^[0-9a-f]{64}$/)),
});

describe('the text of an answer', () => {
  it.each(keyInflections)('is what JSON makes of the resource, with its keys in %s case', (form) => {
    fc.assert(
      fc.property(id, id, scopes, fc.option(decidedUpon), fc.boolean(), (source, destination, asked, seen, may) => {
        const question = {
          sourceOrganizationId: source,
          destinationOrganizationId: destination,
          scopes: asked,
          past: null,
        };
        const about = seen && {
          ...seen,
          connection: { ...seen.connection, scopes: may ? asked : seen.connection.scopes },
        };
        const answer = { ...verdictOn(about?.connection ?? null, asked, may), decidedUpon: about };
        const resource = shareCheckResourceOf(question, answer);
        const [written, expected] = [answerTexts[form](question, answer), JSON.stringify(withKeys(resource, form))];
        expect(textOf([unlisted(written)])).toBe(expected);
        expect(bytesOf([written]).toString()).toBe(`${expected},`);
        expect(answerTexts[form](question, answer)).toBe(written);
      }),
      { numRuns: 500 },
    );
  });
});
