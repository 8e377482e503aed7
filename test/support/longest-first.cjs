const { createRequire } = require('node:module');

// It comes with Jest, which alone needs to know its version.
const ofJest = createRequire(createRequire(require.resolve('jest')).resolve('@jest/core'));
const { default: Sequencer } = ofJest('@jest/test-sequencer');

/**
 * Files that take long and leave their worker waiting, the longest first. One of them that is begun last is waited for
 * by all the others. Jest has its own measurements only where it has run before.
 */
const LONGEST = [
  'test/crash/kill',
  'test/e2e/cli-doctor-servers',
  'test/e2e/cli-service',
  'test/e2e/bad-start',
  'test/e2e/bad-start-servers',
  'test/faults/instances',
  'test/faults/store',
  'test/faults/database',
  'test/proof/log-manipulations',
  'test/proof/manipulations',
];

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const place = ({ path }) => {
      const found = LONGEST.findIndex((start) => path.includes(`/${start}.`));
      return found < 0 ? LONGEST.length : found;
    };
    // A stable sort: what is not named stays in the order that Jest gives it.
    return super.sort(tests).sort((one, other) => place(one) - place(other));
  }
};
