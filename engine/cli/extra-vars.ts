// -e: variables on the command line, as k=v, JSON, YAML or @file. Later ones win.
import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'
import { TsplayError } from '../error.ts'
import type { Site } from '../site.ts'

/**
 * The variables of all texts. `site` says which of those given as `k=v` are no texts.
 * @throws TsplayError where a text says no variables, or a file cannot be read.
 */
export async function extraVars(texts: readonly string[], site?: Site): Promise<Readonly<Record<string, unknown>>> {
  const all: Record<string, unknown> = {}
  for (const text of texts)
    Object.assign(all, text.startsWith('@') ? mapping(await fileText(text.slice(1)), text) : variables(text, site))
  return all
}

/** `a=1 b='x y'` are texts unless the site wants another type; what starts with a brace is JSON or YAML with types. */
function variables(text: string, site: Site | undefined): Record<string, unknown> {
  const pairs = [...text.matchAll(/([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|\S*)(?:\s+|$)/gy)]
  if (!/^\s*[{[]/.test(text) && pairs.length > 0 && pairs.map(([whole]) => whole).join('') === text) {
    return Object.fromEntries(pairs.map(([, name, value]) => [name!, typed(name!, unquoted(value!), site)]))
  }
  return mapping(text, `-e '${text}'`)
}

/** A version such as 1.10 stays a text where a text is wanted, and a port becomes a number where a number is. */
function typed(name: string, text: string, site: Site | undefined): unknown {
  const schemas = site ? [site.vars, ...Object.values(site.groups)].flatMap((world) => world.shape[name] ?? []) : []
  const fits = (value: unknown): boolean => schemas.some((schema) => z.safeParse(schema, value).success)
  const value: unknown = schemas.length > 0 && !fits(text) ? parse(text) : text
  return fits(value) ? value : text
}

const unquoted = (value: string): string => (/^(["']).*\1$/s.test(value) ? value.slice(1, -1) : value)

function mapping(text: string, where: string): Record<string, unknown> {
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    throw new TsplayError(`${where}: ${(error as Error).message.split('\n')[0]}`, { hint: 'k=v, JSON, YAML or @file' })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TsplayError(`${where} says no variables`, { hint: 'write -e name=value, or -e \'{"name": value}\'' })
  return value as Record<string, unknown>
}

async function fileText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new TsplayError(`-e @${file}: ${(error as Error).message}`)
  }
}
