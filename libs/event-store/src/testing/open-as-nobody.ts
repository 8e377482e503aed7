import { SqliteEventStore } from '../sqlite/sqlite-event-store';

/** Opens the store as a user without any rights, and prints the error: `open-as-nobody.ts <file>`. */
async function main(path: string): Promise<void> {
  const nobody = 65_534;
  if (process.getuid?.() === 0) {
    process.setgroups?.([]);
    process.setgid?.(nobody);
    process.setuid?.(nobody);
  }
  try {
    await new SqliteEventStore(path).close();
    process.stdout.write(`${JSON.stringify({ opened: true })}\n`);
  } catch (error) {
    const { name, message } =
      error instanceof Error
        ? { name: error.constructor.name, message: error.message }
        : { name: '', message: String(error) };
    process.stdout.write(`${JSON.stringify({ name, message })}\n`);
  }
}

void main(process.argv[2] ?? '');
