import { parse } from 'yaml';
import { read } from './repository';

export interface ComposeService {
  readonly image: string;
  readonly build?: string;
  readonly restart?: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly volumes?: readonly string[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly stop_grace_period?: string;
  readonly deploy?: { readonly resources: { readonly limits: { readonly memory: string } } };
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes: Readonly<Record<string, null>>;
  readonly configs: Readonly<Record<string, { readonly file: string }>>;
}

/** A place where Compose puts in a variable. */
export interface Interpolation {
  readonly name: string;
  /** `:?` refuses to go on without a value, `:-` has a default; empty where neither is there. */
  readonly operator: string;
  /** The default, or what is said where it is missing. */
  readonly text: string;
}

export const composeText = read('docker-compose.yml');

/** The file with its merge keys resolved, and its variables as they stand. */
export const composeFile = parse(composeText, { merge: true }) as ComposeFile;

export const interpolationsOf = (text: string): Interpolation[] =>
  [...text.matchAll(/\$\{(\w+)(:?[-?+])?([^}]*)\}/g)].map(([, name = '', operator = '', rest = '']) => ({
    name,
    operator,
    text: rest,
  }));

/** What Compose makes of a value, with defaults where there are some and a stand-in for what has to be set. */
export const interpolated = (value: string): string =>
  value.replaceAll(/\$\{(\w+)(:?[-?+])?([^}]*)\}/g, (_, name: string, operator: string | undefined, rest: string) =>
    operator === ':-' ? rest : `value-of-${name}`,
  );
