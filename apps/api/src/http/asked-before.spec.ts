import { AskedBefore } from './asked-before';

describe('questions that were asked before', () => {
  it('are told from others', () => {
    const asked = new AskedBefore();
    const questions = Array.from({ length: 500 }, (_, number) => `usr_1 admin org_1 kebab json /list?page=${number}`);
    const first = questions.filter((question) => asked.add(question));
    const again = questions.filter((question) => asked.add(question));
    // Fewer may be recognised, since some share a slot.
    expect(first).toEqual([]);
    expect(again.length).toBeGreaterThan(450);
  });

  it('are forgotten for others', () => {
    const asked = new AskedBefore();
    for (let number = 0; number < 500_000; number += 1) asked.add(String(number));
    const known = Array.from({ length: 1_000 }, (_, number) => String(number)).filter((text) => asked.add(text));
    expect(known.length).toBeLessThan(10);
  });
});
