// What went wrong while a file was loaded, as an error that the user can mend.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { closest, type Place, suggest, TsplayError } from '../error.ts'
import { callPlace } from './call-place.ts'
import { shownPath } from './shown-path.ts'

interface Context {
  readonly modules: Readonly<Record<string, object>>
  readonly cwd: string
}

/** The error with the place in the user's files. `file` is the one that was to be loaded. */
export function loadError(error: unknown, file: string, context: Context): TsplayError {
  const place = callPlace(error, context.cwd) ?? { file: shownPath(file, context.cwd) }
  if (error instanceof TsplayError) {
    if (error.place) return error
    return new TsplayError(error.message, { kind: error.kind, place, hint: error.hint, cause: error })
  }
  if (!(error instanceof Error)) return new TsplayError(`thrown while loading: ${String(error)}`, { place })
  return syntaxError(error, context) ?? missingModule(error, place, context) ?? thrown(error, place, context)
}

/** The loader's own wording: `ParseError: <message> \n <file>:<line>:<column from 0>`. */
function syntaxError(error: Error, { cwd }: Context): TsplayError | undefined {
  const [, message, file, line, column] = /^ParseError: (.*?)\s*\n\s*(.*):(\d+):(\d+)$/s.exec(error.message) ?? []
  if (message === undefined || file === undefined) return undefined
  return new TsplayError(`syntax error: ${message}`, {
    place: { file: shownPath(file, cwd), line: Number(line), column: Number(column) + 1 },
    cause: error,
  })
}

function missingModule(error: Error, at: Place, { cwd }: Context): TsplayError | undefined {
  const { code } = error as { code?: string }
  if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') return undefined
  const wanted = /^Cannot find (?:module|package) '([^']*)'/.exec(error.message)?.[1]
  if (wanted === undefined) return undefined
  const hint = /^[./]/.test(wanted) ? besides(wanted, at.file, cwd) : `npm install ${packageName(wanted)}`
  return new TsplayError(`cannot find module '${wanted}'`, { place: inLine(at, wanted, cwd), hint, cause: error })
}

const packageName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

/** The file next to a missing one that was most likely meant. */
function besides(wanted: string, importer: string, cwd: string): string {
  const folder = dirname(resolve(cwd, dirname(importer), wanted))
  try {
    const prefix = wanted.slice(0, wanted.lastIndexOf('/') + 1)
    return suggest(
      wanted,
      readdirSync(folder).map((name) => prefix + name),
    )
  } catch {
    return `there is no folder '${shownPath(folder, cwd)}'`
  }
}

/** Compiled code keeps lines but not columns: the column is looked up in what the user wrote. */
function inLine(place: Place, text: string, cwd: string): Place {
  if (place.line === undefined) return place
  const line = readFileSync(join(resolve(cwd, place.file)), 'utf8').split('\n')[place.line - 1] ?? ''
  const found = line.indexOf(text)
  return found < 0 ? place : { ...place, column: found + 1 }
}

function thrown(error: Error, place: Place, { modules, cwd }: Context): TsplayError {
  // a call of something imported reads `(0 , _tsplay.name)` in compiled code
  const imported = /\(0 ?, ?_\w+\.(\w+)\)/
  const name = imported.exec(error.message)?.[1]
  if (name === undefined) return new TsplayError(`${error.name}: ${error.message}`, { place, cause: error })
  const near = closest(
    name,
    Object.values(modules).flatMap((module) => Object.keys(module)),
  )
  return new TsplayError(`${error.name}: ${error.message.replace(imported, name)}`, {
    place: inLine(place, name, cwd),
    ...(near !== undefined && near !== name && { hint: `did you mean '${near}'?` }),
    cause: error,
  })
}
