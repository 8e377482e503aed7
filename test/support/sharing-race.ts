/** Checks and changes sharing, by one of several clients or processes. */
export interface Contender {
  /** Whether sharing is allowed. */
  check(): Promise<boolean>;
  activate(): Promise<void>;
  deactivate(): Promise<void>;
  /** Returns the connection to pending, so that it can be activated again. */
  reactivate(): Promise<void>;
}

/** How many checks were made, and how many were wrong. */
export interface RaceOutcome {
  readonly rounds: number;
  readonly checks: number;
  /** Checks that began after a deactivation was answered, ended before an activation was sent, and said yes. */
  readonly staleYes: number;
  /** Checks that began after an activation was answered, ended before a deactivation was sent, and said no. */
  readonly staleNo: number;
}

/**
 * Turns sharing, which is on at first, off and on again and again through different contenders, while all of them check
 * without a pause. After a change is answered, the state is certain until the next change is sent: a check entirely
 * within that time has one right answer.
 * @param until tells when it has gone on for long enough.
 */
export async function race(
  contenders: readonly Contender[],
  checkers: number,
  until: () => boolean,
): Promise<RaceOutcome> {
  // Odd while a change is under way and the state is uncertain.
  let epoch = 0;
  let allowed = true;
  let over = false;
  const outcome = { rounds: 0, checks: 0, staleYes: 0, staleNo: 0 };
  const contender = (number: number): Contender => contenders[number % contenders.length] as Contender;

  const checking = async (number: number): Promise<void> => {
    while (!over) {
      const [before, expected] = [epoch, allowed];
      const answer = await contender(number).check();
      outcome.checks += 1;
      if (before % 2 === 0 && before === epoch && answer !== expected) {
        if (answer) outcome.staleYes += 1;
        else outcome.staleNo += 1;
      }
      // A check may be answered without any waiting; this lets the others run.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const change = async (to: boolean, work: () => Promise<void>): Promise<void> => {
    epoch += 1;
    await work();
    allowed = to;
    epoch += 1;
    // Makes a check through each contender while the state is certain.
    const answers = await Promise.all(contenders.map((one) => one.check()));
    outcome.checks += answers.length;
    for (const answer of answers) {
      if (answer && !to) outcome.staleYes += 1;
      if (!answer && to) outcome.staleNo += 1;
    }
  };
  const all = Array.from({ length: checkers }, (_, number) => checking(number));
  try {
    for (; !until(); outcome.rounds += 1) {
      await change(false, () => contender(outcome.rounds).deactivate());
      await change(true, async () => {
        await contender(outcome.rounds + 1).reactivate();
        await contender(outcome.rounds + 2).activate();
      });
    }
  } finally {
    over = true;
    await Promise.all(all);
  }
  return outcome;
}
