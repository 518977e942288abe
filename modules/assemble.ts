// assemble: a file put together from the files of a folder.
import { posix } from 'node:path'
import { z } from 'zod'
import { contentOf, diffLimit } from '../engine/content.ts'
import { type Control, defineModule, TaskFailure } from '../engine/module.ts'
import { all, always, map, type TreeAnswer, tree } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { type Assembly, assembled, chosen, type Fragment } from './common/assembled.ts'
import { pathParam } from './common/params.ts'
import { type PatternParam, patternParam, regExp } from './common/patterns.ts'
import { type WriteResult, writeResult } from './common/write-result.ts'
import {
  desiredWritten,
  predictWritten,
  type WriteParams,
  type Writing,
  type WrittenState,
  writeParams,
  writeScript,
  writtenProbe,
} from './common/written-file.ts'

/** Parameters of `assemble`. */
export interface AssembleParams extends Omit<WriteParams, 'force'> {
  /**
   * The folder with the fragments. What is in its folders is left out; links are followed. On the host each fragment has
   * at most 100 KiB.
   */
  src: string
  /** Absolute path of the file on the host, with its name. */
  dest: string
  /** True: `src` is on the host. False: on the control side, looked up as that of `copy`. Default true. */
  remoteSrc?: boolean
  /** A line, or several, between two fragments. Default: nothing. */
  delimiter?: string
  /** Only fragments whose name matches, anywhere. Default: all. */
  regexp?: PatternParam
  /** Leave out fragments whose name begins with a dot. Default false. */
  ignoreHidden?: boolean
}

const { force: _force, ...ownParams } = writeParams

interface Input {
  readonly assembly: Assembly
  /** The content is that of an empty file as long as the fragments are not known. */
  readonly writing: Writing
  /** The folder, where it is on the host. */
  readonly folder: string | undefined
}

/** What is at `dest`, and what is in the folder. */
export interface AssembleState extends WrittenState {
  readonly fragments: TreeAnswer
}

/**
 * A file is made of all files of a folder, in the order of their names.
 *
 * @example drop-ins for a program that knows none
 * ```ts
 * task('sshd', assemble({ src: '/etc/ssh/sshd.d', dest: '/etc/ssh/sshd_config', regexp: '\\.conf$', validate: 'sshd -t -f %s' }))
 * ```
 *
 * @example fragments of the control side, with a line between them
 * ```ts
 * task('rules', assemble({ src: 'rules/', remoteSrc: false, dest: '/etc/app.rules', delimiter: '# ---', ignoreHidden: true }))
 * ```
 */
export const assemble = defineModule<AssembleParams, AssembleState, WriteResult, Input>({
  name: 'assemble',
  params: z
    .strictObject({
      ...ownParams,
      src: z.string().min(1),
      dest: pathParam.refine((path) => !path.endsWith('/'), { error: 'give dest with the name of the file' }),
      remoteSrc: z.boolean().optional(),
      delimiter: z.string().optional(),
      regexp: patternParam.optional(),
      ignoreHidden: z.boolean().optional(),
    })
    .refine(({ src, remoteSrc }) => remoteSrc === false || pathParam.safeParse(src).success, {
      error: 'is an absolute path of the host, or with remoteSrc: false one of the control side',
      path: ['src'],
    }),
  subject: ({ dest }) => dest,
  async prepare({ src, dest, remoteSrc = true, delimiter, regexp, ignoreHidden, ...params }, control) {
    const assembly = {
      ...(delimiter !== undefined && { delimiter }),
      ...(regexp !== undefined && { regexp: regExp(regexp) }),
      ...(ignoreHidden && { ignoreHidden }),
    }
    const bytes = remoteSrc ? '' : assembled(await ownFragments(src, assembly, control), assembly)
    const writing = { params, dest, content: contentOf(bytes), inside: undefined, reports: true }
    return { assembly, writing, folder: remoteSrc ? src : undefined }
  },
  probe: ({ writing, folder }) =>
    map(
      all({
        found: writtenProbe(writing),
        fragments: folder === undefined ? always(null) : tree(folder, { files: 'contents' }),
      }),
      ({ found, fragments }) => ({ ...found, fragments }),
    ),
  desired: (input, actual) => desiredWritten(writingOf(input, actual), actual),
  apply: (input, change) => writeScript(writingOf(input, change.from), change),
  result: (input, actual, output) => writeResult(writingOf(input, actual), actual, output),
  touches: ({ writing, folder }) => [writing.dest, ...(folder === undefined ? [] : [folder])].map(fileResource),
  predict: (input, change) => predictWritten(writingOf(input, change.from), change),
})

async function ownFragments(src: string, assembly: Assembly, control: Control): Promise<Fragment[]> {
  const names = (await control.tree(src)).flatMap(({ type, path }) =>
    type === 'directory' || path.includes('/') ? [] : [path],
  )
  const fragments: Fragment[] = []
  for (const name of chosen(names, assembly)) {
    const at = posix.join(src, name)
    if (await control.isFolder(at)) continue
    const chunks: Uint8Array[] = []
    for await (const chunk of (await control.file(at)).content.stream()) chunks.push(chunk)
    fragments.push({ name, bytes: Buffer.concat(chunks) })
  }
  return fragments
}

/** @throws TaskFailure where the fragments of the host cannot be had. */
function writingOf({ assembly, writing, folder }: Input, { fragments }: AssembleState): Writing {
  if (folder === undefined) return writing
  if (fragments === null)
    throw new TaskFailure(
      `${folder} is not a directory on the host`,
      'remoteSrc: false takes a folder of the control side',
    )
  const names = Object.keys(fragments).filter((name) => fragments[name]!.type === 'file')
  const parts = chosen(names, assembly).map((name): Fragment => {
    const { content, size } = fragments[name]!
    if (!content)
      throw new TaskFailure(`${posix.join(folder, name)} has ${size} bytes; fragments have up to ${diffLimit}`)
    return { name, bytes: content }
  })
  const secret = parts.some(({ name }) => fragments[name]!.secret)
  return { ...writing, content: contentOf(assembled(parts, assembly), { secret }) }
}
