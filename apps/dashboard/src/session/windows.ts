/** All windows of a browser share one session. Through this channel they tell one another whose it is. */
const channel = new BroadcastChannel('session');

/** Tells the other windows who is signed in now: the id of a person, or null for nobody. */
export const tellWindows = (personId: string | null): void => channel.postMessage(personId);

/**
 * Listens to the other windows.
 * @returns a function that ends it.
 */
export function hearWindows(listener: (personId: string | null) => void): () => void {
  const heard = ({ data }: MessageEvent<string | null>): void => listener(data);
  channel.addEventListener('message', heard);
  return () => channel.removeEventListener('message', heard);
}
