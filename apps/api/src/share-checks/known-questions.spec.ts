import fc from 'fast-check';
import { KnownQuestions } from './known-questions';
import { MAXIMUM_CHECKS } from './share-checks.dto';
import { type Questions, questionsIn } from './well-formed';

const resource = (destination: string, scopes: readonly string[] = ['inquiry.read']): string =>
  JSON.stringify({
    attributes: { 'source-organization-id': 'org_A1', 'destination-organization-id': destination, scopes },
  });
const [b, c] = [resource('org_B2'), resource('org_C3')];
const list = (...resources: string[]): string => `{"data":[${resources.join(',')}]}`;

/** The questions of a body that is parsed as a whole. */
function parsed(body: string): Questions | null {
  try {
    return questionsIn(JSON.parse(body));
  } catch {
    return null;
  }
}

describe('known questions', () => {
  const ask = (known: KnownQuestions, body: string, credential = 'Bearer key'): Questions | null => {
    const asked = known.in(body, credential);
    if (asked !== null) known.keep(asked);
    return asked;
  };

  it('are those of the body, in its order, however often and in whichever order they came before', () => {
    const known = new KnownQuestions();
    for (const body of [list(b, c), list(b, c), list(c, b), list(b), list(b, b, c), list(c)]) {
      expect(ask(known, body)?.questions).toEqual(parsed(body)?.questions);
    }
  });

  it('are read once for each credential', () => {
    const known = new KnownQuestions();
    const [first] = ask(known, list(b))?.questions ?? [];
    expect(first).toBeDefined();
    expect(ask(known, list(c, b))?.questions[1]).toBe(first);
    expect(ask(known, list(b), 'Bearer another')?.questions[0]).not.toBe(first);
  });

  it('are kept once, however often they are in one list', () => {
    const known = new KnownQuestions();
    const body = list(b, c, c, c);
    ask(known, body);
    expect(new Set(ask(known, body)?.questions).size).toBe(2);
    // Both lists were read before either was kept.
    const bodies = [list(resource('org_D4')), list(resource('org_D4'), b)];
    for (const asked of bodies.map((text) => known.in(text, 'Bearer key'))) known.keep(asked!);
    const [one, other] = bodies.map((text) => known.in(text, 'Bearer key')?.questions[0]);
    expect(one).toBe(other);
  });

  it('are none before their caller was admitted', () => {
    const known = new KnownQuestions();
    const [first] = known.in(list(b), 'Bearer key')?.questions ?? [];
    expect(known.in(list(b), 'Bearer key')?.questions[0]).not.toBe(first);
  });

  it('are no more than there is room for, and forgotten after a minute', () => {
    let now = 0;
    const known = new KnownQuestions(() => now);
    const [first] = ask(known, list(b))?.questions ?? [];
    expect(first).toBeDefined();
    now += 90_000;
    for (let from = 0; from < 10_000; from += 100) {
      ask(known, list(...Array.from({ length: 100 }, (_, nth) => resource(`org_D${from + nth}`))));
    }
    expect(known.in(list(b, c), 'Bearer key')).toBeNull();
    now += 60_000;
    expect(known.in(list(b), 'Bearer key')?.questions[0]).toBe(first);
    now += 1;
    expect(ask(known, list(b, c))?.questions).toEqual(parsed(list(b, c))?.questions);
    expect(known.in(list(b), 'Bearer key')?.questions[0]).not.toBe(first);
  });

  it.each([
    ['one that is no list', `{"data":${b}}`],
    ['an empty one', list()],
    ['one of too many', list(...Array<string>(MAXIMUM_CHECKS + 1).fill(b))],
    ['one with something else in it', list(b, '7')],
    ['one that goes on', `${list(b)},"meta":{}]}`],
    ['one with another after it', `{"data":[${b}],"data":[${c}]}`],
    ['one with another after it, both of two', `{"data":[${b},${c}],"data":[${c},${b}]}`],
    ['one whose pieces are apart', `{"data":[${b}, ${c}]}`],
    ['one without a comma', `{"data":[${b}${c}]}`],
    ['one that is cut off', list(b, c).slice(0, -1)],
    ['one that is cut off within', list(b, c.slice(0, -1))],
    [
      'one with a question that is too long to be kept',
      list(b, resource('org_C3', Array<string>(40).fill('inquiry.read'))),
    ],
  ])('are not found in %s, also where its pieces are known', (_, body) => {
    const known = new KnownQuestions();
    expect(known.in(body, 'Bearer key')).toBeNull();
    for (const before of [list(b, c), list(c, b), list(b, b)]) ask(known, before);
    expect(known.in(body, 'Bearer key')).toBeNull();
  });

  it('mean what the whole body means, whatever it is made of', () => {
    const scope = fc.constantFrom('inquiry.read', '},{', '}]}', '{"data":[', '"', '\\', 'é');
    const whole = fc
      .tuple(fc.constantFrom('org_B2', 'org_C3', 'org_D4', 'org_E5', 'org_'), fc.array(scope, { maxLength: 3 }))
      .map(([destination, scopes]) => resource(destination, scopes));
    const broken = whole.chain((text) =>
      fc.tuple(fc.nat(text.length), fc.nat(text.length)).map(([from, to]) => text.slice(0, from) + text.slice(to)),
    );
    const glue = fc.constantFrom('},{', ',', ', ', ' ', ']', '}]}', '],"data":[', '{', '}');
    const piece = fc.oneof({ weight: 14, arbitrary: whole }, broken, glue);
    const between = fc.oneof({ weight: 14, arbitrary: fc.constant(',') }, glue);
    const body = fc
      .array(fc.tuple(piece, between), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.map(([text, after], at) => text + (at === parts.length - 1 ? '' : after)).join(''))
      .map((inner) => list(inner));
    const known = new KnownQuestions();
    let found = 0;
    fc.assert(
      fc.property(body, (text) => {
        const asked = ask(known, text);
        if (asked === null) return;
        found += 1;
        expect({ isList: asked.isList, questions: asked.questions }).toEqual(parsed(text));
      }),
      { numRuns: 5_000 },
    );
    expect(found).toBeGreaterThan(500);
  });
});
