import { RECOGNISED_FOR } from '@connections/event-store/recorded-requests';

/** Rows made before this no longer answer to the request that made them: by now it would be a new one. */
export const forgottenBefore = (now: Date): string => new Date(now.getTime() - RECOGNISED_FOR).toISOString();
