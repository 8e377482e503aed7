import { setFlagsFromString } from 'node:v8';

/**
 * Keeps what a process takes of memory close to what it uses. To be called before anything else is loaded: what is compiled
 * before is not made anew.
 */
export function keepHeapSmall(): void {
  // V8 would let what is left behind gather to several times what is in use; so it collects once that has grown by a fifth.
  setFlagsFromString('--heap-growing-percent=20');
  // What a request makes, or a piece of the log, dies with it. Once V8 takes some of it for lasting, because a collection
  // met it alive, it would put all of its kind where only full collections reach, and often for as long as the process runs.
  setFlagsFromString('--no-allocation-site-pretenuring');
  // So little of it is alive at any time that sharing it out among threads, and waiting for them, takes longer than copying it.
  setFlagsFromString('--no-parallel-scavenge');
}
