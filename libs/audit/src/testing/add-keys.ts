// Adds keys to a file of signing keys, one after the other: <file> <count>
import { KeyFile } from '../key-file';

const [, , path = '', count = ''] = process.argv;
for (let added = 0; added < Number(count); added += 1) {
  process.stdout.write(`${JSON.stringify(new KeyFile(path).add().id)}\n`);
}
