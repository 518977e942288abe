// JSON that people write, with the place of what is wrong in it. Stricter than what an editor accepts: cfssl reads it, too.
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { z } from 'zod'
import { TsplayError } from '../error.ts'

/** The value of a JSON text as the schema gives it. @throws TsplayError with line and column */
export function readJson<T>(text: string, file: string, schema: z.ZodType<T>): T {
  const errors: ParseError[] = []
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false })
  const fail = (message: string, offset: number, hint?: string): never => {
    throw new TsplayError(message, { place: { file, ...positionOf(text, offset) }, ...(hint && { hint }) })
  }
  const [first] = errors
  if (first) fail(`this is not JSON: ${problem(text, first)}`, first.offset, hintFor(text, first))
  const twice = duplicateIn(tree!)
  if (twice) fail(`'${twice.value as string}' stands here twice`, twice.offset)
  const parsed = schema.safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  const path = issue.path as (string | number)[]
  const [unknown] = issue.code === 'unrecognized_keys' ? issue.keys : []
  const where = unknown === undefined ? path : [...path, unknown]
  const node = nodeAt(tree!, where, unknown !== undefined)
  return fail(`${where.join('.') || 'the file'}: ${issue.message}`, node.offset)
}

function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}

const isComment = (text: string, { offset }: ParseError): boolean => /^(#|\/\/|\/\*)/.test(text.slice(offset))

/** A comma with nothing but blanks before the bracket that closes. */
const isTrailingComma = (text: string, { offset }: ParseError): boolean =>
  /,\s*$/.test(text.slice(0, offset)) && /^\s*[}\]]/.test(text.slice(offset))

function problem(text: string, error: ParseError): string {
  if (isComment(text, error)) return 'a comment stands here'
  if (isTrailingComma(text, error)) return 'a comma stands before the end of a list'
  return printParseErrorCode(error.error)
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase()
}

const hintFor = (text: string, error: ParseError): string | undefined =>
  isComment(text, error) ? 'JSON has no comments, and cfssl refuses them, too: take it out' : undefined

function duplicateIn(node: Node): Node | undefined {
  if (node.type === 'object') {
    const seen = new Set<unknown>()
    for (const key of (node.children ?? []).flatMap(({ children }) => children?.[0] ?? [])) {
      if (seen.has(key.value)) return key
      seen.add(key.value)
    }
  }
  for (const child of node.children ?? []) {
    const found = duplicateIn(child)
    if (found) return found
  }
  return undefined
}

/** The value at a path, or as near as there is one; `key`: the name of the last one instead. */
function nodeAt(tree: Node, path: readonly (string | number)[], key: boolean): Node {
  let node = tree
  for (const [index, step] of path.entries()) {
    const property = node.children?.find(({ children, type }) => type === 'property' && children?.[0]?.value === step)
    const next =
      node.type === 'array'
        ? node.children?.[step as number]
        : property?.children?.[key && index === path.length - 1 ? 0 : 1]
    if (!next) return node
    node = next
  }
  return node
}
