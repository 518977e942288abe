// What `-m module -a args -- words` asks for, as an action. Runs nothing.
import { translate } from '../../../modules/ansible/index.ts'
import { TsplayError } from '../../error.ts'
import { type Action, checkParams } from '../../module.ts'
import { converted } from './convert.ts'
import { type FoundModule, findModule, moduleNamed } from './find-module.ts'
import { parseArgs } from './parse-args.ts'

/** What the command line says behind the pattern. */
export interface Asked {
  /** `-m`. Default: `command`. */
  readonly module: string
  /** `-a`. */
  readonly args?: string | undefined
  /** Behind `--`. */
  readonly words: readonly string[]
}

/** @throws TsplayError for a module, a parameter or a value that is none, with what was meant or does the same */
export function actionOf(asked: Asked): Action {
  const found = findModule(asked.module)
  const given = argumentsOf(found, asked)
  const { module: wanted, args } = found.translation
    ? translate(found.name, found.translation, given)
    : { module: found.module!, args: given }
  const module = moduleNamed(wanted)
  const params = checkParams(module, converted(found.name, module, args))
  return { kind: 'action', module, params }
}

function argumentsOf(found: FoundModule, { args, words }: Asked): Readonly<Record<string, unknown>> {
  const { name, freeForm } = found
  if (args !== undefined && words.length > 0)
    throw new TsplayError(`exec: '${words[0]}' stands behind the pattern, and -a is there as well`, {
      hint: `-a '…' with its words in quotes, or the command behind --`,
    })
  if (freeForm && (args ?? '').trim() === '' && words.length === 0)
    throw new TsplayError('exec: what should be run?', {
      hint: "tsplay exec all -i prod -- date, or -m shell -a 'date | wc -c'",
    })
  if (words.length === 0) {
    const { named, text } = parseArgs(name, args ?? '', { freeForm })
    return { ...named, ...(text !== undefined && { _raw_params: text }) }
  }
  if (!freeForm)
    throw new TsplayError(`exec: ${name} takes arguments with names`, { hint: `-m ${name} -a 'name=value …'` })
  // a shell reads one text, made of the words as ssh makes it; elsewhere each word is one, whatever is in it
  const shell = found.translation?.module === 'shell' || found.translation?.module === 'raw'
  return { _raw_params: shell ? words.join(' ') : [...words] }
}
