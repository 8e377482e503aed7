import type { ApiProblem } from './in-words';
import { problemAt, problemOf } from './problem';

const refusal = (code: ApiProblem['code'], details: string, source?: ApiProblem['source']): ApiProblem => ({
  status: '400',
  code,
  title: '',
  details,
  ...(source && { source }),
});

const told = (...errors: ApiProblem[]): ReturnType<typeof problemOf> =>
  problemOf(new Response(null, { status: 400 }), { errors });

describe('what people are told of a problem', () => {
  it.each([
    refusal('stale-revision', 'The connection is at revision 3; your If-Match names another.', { header: 'If-Match' }),
    refusal(
      'illegal-transition',
      'A connection that is inactive cannot be activated; activate needs it to be pending.',
    ),
    refusal('not-yet-visible', 'Try again, or leave Connect-Position out.', { header: 'Connect-Position' }),
    refusal('invalid-parameter', 'filter[search] must be text.', { parameter: 'filter[search]' }),
    refusal('invalid-parameter', 'as-of lies in the future; nobody knows yet.', { parameter: 'as-of' }),
    refusal('invalid-parameter', 'to lies in the future; nobody knows yet.', { parameter: 'to' }),
    refusal('invalid-parameter', 'page[size] must be a whole number.', { parameter: 'page[size]' }),
    refusal('invalid-cursor', 'page[after] must be a cursor.', { parameter: 'page[after]' }),
    refusal('request-in-flight', 'A request with this Idempotency-Key is still under way.'),
    refusal('another-person', 'Somebody else is signed in than the person that Connect-Person names.'),
    refusal('cross-site', 'Sec-Fetch-Site or Origin has to say so.'),
    refusal('internal', 'It was logged under the Request-Id of this answer.'),
  ])('names nothing that only programs know: $code, $details', (problem) => {
    const { message, problems } = told(problem);
    expect(message).toMatch(/^[A-Z].*\.$/);
    expect(message).not.toMatch(/[[\]]|[a-z]-[a-z]|[A-Z][a-z]+-[A-Z]|revision|activate/);
    expect(problems.map(({ details }) => details)).toEqual([message]);
  });

  it('is what the API says where that is for people', () => {
    const name = refusal('invalid-name', 'A name has at most 200 characters.', { pointer: '/data/attributes/name' });
    expect(told(name).message).toBe(name.details);
    expect(problemAt(told(name), 'name')).toBe(name.details);
  });
});
