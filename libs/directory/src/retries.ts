/** For so long a retried request is recognised by the row that it made. No shorter than answers are remembered. */
const RECOGNISED_FOR = 48 * 3_600_000;

/** Rows made before this no longer answer to the request that made them: by now it would be a new one. */
export const forgottenBefore = (now: Date): string => new Date(now.getTime() - RECOGNISED_FOR).toISOString();
