import { asWhom } from '../../api/as-whom';
import { problemOf, unreachable } from '../../api/problem';

export type ExportFormat = 'ndjson' | 'csv';

export interface ExportedFile {
  readonly content: Blob;
  /** The file name that the service gives it. */
  readonly name: string;
}

/**
 * Downloads an export completely.
 * @param onProgress is told how many bytes have arrived.
 * @throws Problem when it is refused, or breaks off.
 */
export async function fetchExport(
  organizationId: string,
  connectionId: string,
  format: ExportFormat,
  onProgress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<ExportedFile> {
  const query = new URLSearchParams({ 'connection-id': connectionId, format });
  const answer = await fetch(`/api/v1/audit/export?${query.toString()}`, {
    headers: { 'connect-organization': organizationId, ...asWhom() },
    signal,
  }).catch((error: unknown) => {
    throw unreachable(error);
  });
  if (!answer.ok) throw problemOf(answer, await answer.json().catch(() => undefined));
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  try {
    for (const reader = answer.body?.getReader(); reader !== undefined;) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      bytes += value.length;
      onProgress(bytes);
    }
  } catch (error) {
    throw unreachable(error);
  }
  const type = answer.headers.get('content-type') ?? '';
  return { content: new Blob(chunks, { type }), name: nameIn(answer.headers.get('content-disposition')) };
}

const nameIn = (disposition: string | null): string =>
  /filename="([^"/\\]+)"/.exec(disposition ?? '')?.[1] ?? 'connections-export';

/** How long a file is kept for the browser to save it, in milliseconds. */
const KEPT = 60_000;

/** Saves a file to the person's downloads. */
export function save({ content, name }: ExportedFile): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser may still be reading it.
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
}
