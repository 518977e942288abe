// What is written about modules in their own source, as data: made when tsplay is built, read when somebody asks.
import { readFileSync } from 'node:fs'
import { TsplayError } from '../../error.ts'

/** A parameter, or a property of a result. */
export interface FieldDoc {
  readonly name: string
  /** Its type as a user may write it. */
  readonly type: string
  readonly required: boolean
  readonly text: string
  /** What it is when it is left out, where the text says so. */
  readonly default?: string
}

/** An example of a module, as an item of a task list. */
export interface ExampleDoc {
  readonly title: string
  readonly code: string
}

/** A module. */
export interface ModuleDoc {
  readonly name: string
  /** Its file in the package, without the folder that the build puts before it. */
  readonly file: string
  /** What it does; the first sentence stands for itself. */
  readonly text: string
  readonly params: readonly FieldDoc[]
  /** What holds for all of them, such as what becomes of one that is left out; empty where nothing is said. */
  readonly paramsText: string
  /** What `register` receives besides `changed` and `failed`. */
  readonly result: readonly FieldDoc[]
  readonly examples: readonly ExampleDoc[]
}

/** The build writes them beside this file. */
export const docsFile = 'modules.json'

/** All modules by name. @throws TsplayError where tsplay has not been built */
export function readModuleDocs(): readonly ModuleDoc[] {
  // run from its source, the built one is three folders up and in dist
  for (const place of [`./${docsFile}`, `../../../dist/engine/cli/doc/${docsFile}`]) {
    try {
      return JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as ModuleDoc[]
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  throw new TsplayError('the documentation of the modules has not been built', { hint: 'npm run build' })
}

/** The first sentence of a text. */
export const firstSentence = (text: string): string =>
  (/^[\s\S]*?\.(?=\s|$)/.exec(text)?.[0] ?? text).replace(/\s+/g, ' ').replace(/\.$/, '')
