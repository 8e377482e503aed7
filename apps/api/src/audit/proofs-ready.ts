import { type CanActivate, Injectable } from '@nestjs/common';
import { ProblemError } from '../http/problems';
import { Projectors } from '../projectors';

/** Refuses requests for proofs while there is no tree to make them from. */
@Injectable()
export class ProofsReady implements CanActivate {
  constructor(private readonly projectors: Projectors) {}

  canActivate(): boolean {
    if (this.projectors.tree.readable) return true;
    const details = 'What proofs are made from is not made yet. Try again; /readyz tells how far it is.';
    throw new ProblemError({ code: 'unavailable', details }, { retryAfter: 1 });
  }
}
