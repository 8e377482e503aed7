import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { openSqliteDatabase } from '../sqlite-database';

// Opens a database with ever fewer file descriptors available, and prints for each try whether it was opened and how
// many of its files are open afterwards.

const [, , path = ''] = process.argv;
const others: number[] = [];

function fill(): void {
  try {
    for (;;) others.push(openSync('/dev/null', 'r'));
  } catch {
    // No more descriptors are available.
  }
}

const openFilesOf = (of: string): number =>
  readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(of);
    } catch {
      return false;
    }
  }).length;

async function tried(room: number): Promise<{ isOpened: boolean; left: number }> {
  fill();
  for (const descriptor of others.splice(0, room)) closeSync(descriptor);
  let isOpened = false;
  try {
    await openSqliteDatabase(path).close();
    isOpened = true;
  } catch {
    // What is left open by the failed try is what is measured.
  }
  for (const descriptor of others.splice(0)) closeSync(descriptor);
  return { isOpened, left: openFilesOf(path) };
}

async function main(): Promise<void> {
  const results = [];
  for (let room = 12; room >= 0; room -= 1) results.push(await tried(room));
  process.stdout.write(JSON.stringify(results));
}

void main();
