// tsplay doc: what modules do, their parameters, results and examples.
import pc from 'picocolors'
import { listMarkdown, moduleMarkdown } from './doc/doc-markdown.ts'
import { type Look, listText, moduleText } from './doc/doc-text.ts'
import { findDoc } from './doc/find-doc.ts'
import { readModuleDocs } from './doc/module-doc.ts'

export interface DocFlags {
  readonly format: 'text' | 'json' | 'markdown'
  readonly all?: boolean
}

/** Those that are named; without a name the list of all, or all of them in full. */
export function docCommand(names: readonly string[], { format, all = false }: DocFlags): void {
  const docs = readModuleDocs()
  const named = [...new Set(names.map((name) => findDoc(docs, name)))]
  const wanted = named.length > 0 ? named : docs
  const list = named.length === 0 && !all
  process.stdout.write(
    format === 'json'
      ? `${JSON.stringify(list ? docs.map(({ name, text }) => ({ name, text })) : wanted, null, 2)}\n`
      : format === 'markdown'
        ? named.length > 0
          ? named.map(moduleMarkdown).join('\n')
          : listMarkdown(docs)
        : list
          ? `${listText(docs, look())}\ntsplay doc MODULE shows parameters, results and examples.\n`
          : wanted.map((doc) => moduleText(doc, look())).join('\n'),
  )
}

const look = (): Look => ({
  width: Math.min(process.stdout.columns || 100, 100),
  heading: process.stdout.isTTY && !process.env.NO_COLOR ? pc.bold : String,
})
