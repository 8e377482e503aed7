import { hash } from 'node:crypto';
import { idempotencyKeyOf } from './idempotency.interceptor';
import type { AuthenticatedRequest } from './request';

/** The marker by which a retry of the request is recognised; null if it has no idempotency key. */
export function requestMarkerOf(request: AuthenticatedRequest): string | null {
  const key = idempotencyKeyOf(request);
  const { caller, url, body } = request;
  return key === null ? null : hash('sha256', JSON.stringify([caller.organizationId, url, key, body ?? null]));
}
