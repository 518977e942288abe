// -e: variables on the command line, as k=v, JSON, YAML or @file. Later ones win.
import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { TsplayError } from '../error.ts'

/** @throws TsplayError where a text says no variables, or a file cannot be read. */
export async function extraVars(texts: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const all: Record<string, unknown> = {}
  for (const text of texts)
    Object.assign(all, text.startsWith('@') ? mapping(await fileText(text.slice(1)), text) : variables(text))
  return all
}

/** `a=1 b='x y'` are texts, as Ansible has it; what starts with a brace, or has no `=`, is JSON or YAML with types. */
function variables(text: string): Record<string, unknown> {
  const pairs = [...text.matchAll(/([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|\S*)(?:\s+|$)/gy)]
  if (!/^\s*[{[]/.test(text) && pairs.length > 0 && pairs.map(([whole]) => whole).join('') === text) {
    return Object.fromEntries(pairs.map(([, name, value]) => [name!, unquoted(value!)]))
  }
  return mapping(text, `-e '${text}'`)
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
