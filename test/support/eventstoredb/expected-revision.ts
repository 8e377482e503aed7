/** -1 for a stream that must not exist. */
export type ExpectedRevision = bigint | 'any' | 'stream_exists';
