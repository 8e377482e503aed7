import 'reflect-metadata';
import Fastify from 'fastify';
import type { CheckSharing } from '@connections/connection/queries/check-sharing';
import type { SharingQuestion } from '@connections/connection/queries/sharing-outcome';
import { applyConventions } from '../http/conventions';
import { SHARE_CHECKS_PATH } from './share-checks.controller';
import { ShortWay } from './short-way';

describe('the short way of a share check', () => {
  it('knows the questions of a list that was asked before, by the text of each', async () => {
    const asked: (readonly SharingQuestion[])[] = [];
    const way = new ShortWay(
      { admit: async () => ({ type: 'api-key', id: 'api_1', organizationId: null }) } as never,
      {
        async execute({ questions }: CheckSharing) {
          asked.push(questions);
          return questions.map(() => [{ code: 'no-scopes', attribute: 'scopes', details: 'None.' }]);
        },
      } as never,
      { record: async () => undefined } as never,
      {} as never,
    );
    const fastify = Fastify();
    applyConventions(fastify);
    way.open(fastify);
    fastify.post(SHARE_CHECKS_PATH, () => {
      throw new Error('It went the long way.');
    });
    const attributes = { 'source-organization-id': 'org_A', 'destination-organization-id': 'org_B', scopes: [] };
    for (const authorization of ['Bearer one', 'Bearer one', 'Bearer other']) {
      const { statusCode } = await fastify.inject({
        ...{ method: 'POST', url: SHARE_CHECKS_PATH, headers: { authorization } },
        payload: { data: [{ attributes }] },
      });
      expect(statusCode).toBe(200);
    }
    const [first, again, another] = asked.map(([question]) => question);
    expect(again).toBe(first);
    expect(another).not.toBe(first);
    await fastify.close();
  });
});
