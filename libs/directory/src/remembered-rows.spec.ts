import { RememberedRows } from './remembered-rows';

/** Rows that can be changed, and a read of them that ends when it is told to. */
function slowRows(...first: string[]) {
  let stored = first;
  const reads: (() => void)[] = [];
  const rows = new RememberedRows(async () => {
    const read = stored.map((name) => ({ name }));
    await new Promise<void>((resolve) => reads.push(resolve));
    return read;
  });
  const read = async () => {
    const reading = rows.get('key');
    reads.at(-1)?.();
    return (await reading).map(({ name }) => name);
  };
  return { rows, reads, read, store: (...next: string[]) => (stored = next) };
}

it('reads once what is asked again', async () => {
  const { read, reads } = slowRows('a', 'b');
  await expect(read()).resolves.toEqual(['a', 'b']);
  await expect(read()).resolves.toEqual(['a', 'b']);
  expect(reads).toHaveLength(1);
});

it.each([['its key'], [undefined], ['another key']])(
  'remembers nothing that a change overtook: %s',
  async (forgotten) => {
    const { rows, read, reads, store } = slowRows('before');
    const overtaken = rows.get('key');
    store('after');
    rows.forget(forgotten === 'its key' ? 'key' : forgotten);
    reads[0]!();
    await expect(overtaken).resolves.toEqual([{ name: 'before' }]);
    await expect(read()).resolves.toEqual(['after']);
  },
);

it.each([['key'], [undefined]])('reads anew what was forgotten: %s', async (forgotten) => {
  const { rows, read, store } = slowRows('before');
  await read();
  store('after');
  rows.forget(forgotten);
  await expect(read()).resolves.toEqual(['after']);
});

it('asks again where there was nothing', async () => {
  const { read, store } = slowRows();
  await expect(read()).resolves.toEqual([]);
  store('a');
  await expect(read()).resolves.toEqual(['a']);
});
