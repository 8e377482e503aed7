import { read } from './repository';

export interface Instruction {
  readonly name: string;
  /** `--from=build` as `from: 'build'`. */
  readonly flags: Readonly<Record<string, string>>;
  /** What follows the flags, on one line. */
  readonly text: string;
}

export interface Stage {
  readonly image: string;
  /** Null for a stage that nothing is taken from. */
  readonly name: string | null;
  readonly instructions: readonly Instruction[];
}

/** The stages of the Dockerfile, in order; the last one is the image. */
export function stagesOf(text: string): Stage[] {
  const lines = text.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
  const joined = lines.join('\n').replaceAll(/\s*\\\n\s*/g, ' ').split('\n'); // prettier-ignore
  const stages: { image: string; name: string | null; instructions: Instruction[] }[] = [];
  for (const instruction of joined.map(instructionOf)) {
    if (instruction.name === 'FROM') {
      const [image = '', , name = null] = instruction.text.split(/\s+/);
      stages.push({ image, name, instructions: [] });
    } else {
      const stage = stages.at(-1);
      if (stage === undefined) throw new Error(`The Dockerfile has ${instruction.name} before its first FROM.`);
      stage.instructions.push(instruction);
    }
  }
  return stages;
}

function instructionOf(line: string): Instruction {
  const [, name = '', flags = '', text = ''] = /^(\w+)\s+((?:--\S+\s+)*)(.*)$/.exec(line) ?? [];
  return {
    name: name.toUpperCase(),
    flags: Object.fromEntries([...flags.matchAll(/--([\w-]+)=(\S+)/g)].map(([, key, value]) => [key, value])),
    text: text.trim(),
  };
}

export const stages = stagesOf(read('Dockerfile'));

/** The stage that becomes the image. */
export const image = stages.at(-1) as Stage;

/** The instructions of that name in the image's stage. */
export const inImage = (name: string): Instruction[] => image.instructions.filter((one) => one.name === name);

/** `ENV` of the image. */
export const imageEnvironment: Readonly<Record<string, string>> = Object.fromEntries(
  inImage('ENV').flatMap(({ text }) => text.split(/\s+/).map((pair) => pair.split('=', 2) as [string, string])),
);

/** The process of the image, as its `CMD` says. */
export const command = JSON.parse(inImage('CMD')[0]?.text ?? 'null') as readonly string[];

/** What `HEALTHCHECK` runs. */
export const healthCheck = JSON.parse(
  inImage('HEALTHCHECK')[0]?.text.replace(/^CMD /, '') ?? 'null',
) as readonly string[];
