import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const MODULES = join(__dirname, '..', '..', 'node_modules');
const MANIFEST = join(MODULES, '@sparticuz', 'chromium', 'package.json');
const CACHE = join(MODULES, '.cache');
const UNPACK = join(__dirname, 'unpack-chromium.mjs');

/** A real headless Chromium that can reach only this machine. The caller closes it. */
export async function startChromium(): Promise<Browser> {
  const folder = await unpacked();
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    env: {
      ...process.env,
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
    },
    args: [
      // Containers do not let a process create its own sandbox; only our own pages are shown.
      '--no-sandbox',
      '--disable-gpu',
      '--font-render-hinting=none',
      // No other host names resolve, whoever asks.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  });
}

/** Where Chromium is. The first caller unpacks it, beside the package; of several at once, one wins. */
async function unpacked(): Promise<string> {
  const { version } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string };
  const folder = join(CACHE, `chromium-${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  const own = await mkdtemp(`${folder}-`);
  await promisify(execFile)(process.execPath, [UNPACK], { env: { ...process.env, TMPDIR: own } });
  await writeFile(join(own, 'fonts.conf'), fontsOf(folder));
  await rename(own, folder).catch(async (error: unknown) => {
    if (!existsSync(folder)) throw error;
    await rm(own, { recursive: true });
  });
  return folder;
}

/** The same fonts everywhere: those of the package, and the machine's own for missing characters. */
const fontsOf = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
  <match><test name="family"><string>sans-serif</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Open Sans</string></edit></match>
  <match><test name="family"><string>monospace</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>DejaVu Sans Mono</string></edit></match>
</fontconfig>
`;
