import { nextSteps } from './next-steps';

describe('who may do what next', () => {
  it.each([
    ['pending', 'source', ['deactivate'], ['activate', 'deactivate']],
    ['pending', 'destination', ['activate', 'deactivate'], ['deactivate']],
    ['active', 'source', ['deactivate'], ['deactivate']],
    ['active', 'destination', ['deactivate'], ['deactivate']],
    ['inactive', 'source', ['reactivate'], []],
    ['inactive', 'destination', [], ['reactivate']],
  ] as const)('while it is %s, as its %s sees it', (status, role, ours, theirs) =>
    expect(nextSteps(status, role)).toEqual({ ours, theirs }),
  );
});
