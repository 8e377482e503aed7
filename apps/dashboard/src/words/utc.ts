/** A moment in UTC: `2026-06-01 12:03:22.000 UTC`. @param at ISO-8601. */
export const utcMoment = (at: string): string => new Date(at).toISOString().replace('T', ' ').replace('Z', ' UTC');
