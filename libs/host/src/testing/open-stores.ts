import { closeStores, openStores } from '../stores';

/** Opens the stores in a folder as a starting service does, and prints whether it could: `open-stores.ts <folder>`. */
async function main(folder: string): Promise<void> {
  // All processes start at the same half second, so that they really race.
  const start = Math.ceil(Date.now() / 500) * 500 + 500;
  while (Date.now() < start);
  try {
    const stores = await openStores({ DATA_DIR: folder });
    await closeStores(stores);
    process.stdout.write(`${JSON.stringify({ opened: true })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ opened: false, error: String(error) })}\n`);
  }
}

void main(process.argv[2] ?? '');
