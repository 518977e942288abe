// template: a file of the host, rendered from an EJS template on the control side.
import { z } from 'zod'
import { contentOf } from '../engine/content.ts'
import { TsplayError } from '../engine/error.ts'
import { defineModule } from '../engine/module.ts'
import { pathParam } from './common/params.ts'
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
  writtenResources,
} from './common/written-file.ts'

/** Parameters of `template`. */
export interface TemplateParams extends WriteParams {
  /** The template, looked up in the role's templates/, the role, then beside the playbook. */
  src: string
  /** Absolute path on the host, with the file's name. */
  dest: string
  /** What the template may use. A value it uses that is not here is an error; a secret makes the file secret. Default: nothing. */
  vars?: Readonly<Record<string, unknown>>
  /** What ends the lines of the file: each end of a line becomes this. Default: as the template has them. */
  newlineSequence?: '\n' | '\r' | '\r\n'
  /** How the file's text becomes bytes; a character that the encoding lacks is an error. Default `utf-8`. */
  outputEncoding?: 'utf-8' | 'latin1' | 'ascii' | 'utf-16le'
}

/**
 * Renders `src` with EJS (nothing is HTML-escaped, undefined values are errors) and writes it as `copy` does. `-%>` takes
 * the end of the line behind a tag with it, `<%_` and `_%>` the blanks around one: what Jinja calls trim_blocks and
 * lstrip_blocks, tag by tag.
 *
 * @example a unit file, checked before it is replaced
 * ```ts
 * task('unit', template({ src: 'etcd.service.ejs', dest: '/etc/systemd/system/etcd.service', vars: { name: host.name }, validate: 'systemd-analyze verify %s' }))
 * ```
 *
 * @example a file that only its owner may read
 * ```ts
 * task('credentials', template({ src: 'db.conf.ejs', dest: '/etc/app/db.conf', vars: { user: 'app' }, mode: '0600', owner: 'app', backup: true }))
 * ```
 */
export const template = defineModule<TemplateParams, WrittenState, WriteResult, Writing>({
  name: 'template',
  params: z.strictObject({
    ...writeParams,
    src: z.string().min(1),
    dest: pathParam.refine((path) => !path.endsWith('/'), { error: 'give dest with the name of the file' }),
    vars: z.record(z.string(), z.unknown()).optional(),
    newlineSequence: z.enum(['\n', '\r', '\r\n'], { error: "is '\\n', '\\r' or '\\r\\n'" }).optional(),
    outputEncoding: z.enum(['utf-8', 'latin1', 'ascii', 'utf-16le']).optional(),
  }),
  subject: ({ dest }) => dest,
  async prepare({ src, dest, vars = {}, newlineSequence, outputEncoding = 'utf-8', ...params }, control) {
    const { path, text: rendered, secret } = await control.render(src, vars)
    const text = newlineSequence === undefined ? rendered : rendered.replace(/\r\n|\r|\n/g, newlineSequence)
    const content = contentOf(encoded(text, outputEncoding, path), { secret })
    return { params, dest, content, inside: undefined, reports: true }
  },
  probe: writtenProbe,
  desired: desiredWritten,
  apply: writeScript,
  result: writeResult,
  touches: writtenResources,
  predict: predictWritten,
})

/** @throws TsplayError naming the first line with a character that the encoding lacks; the character may be a secret's. */
function encoded(text: string, encoding: NonNullable<TemplateParams['outputEncoding']>, file: string): Uint8Array {
  const highest = { 'utf-8': 0x10ffff, 'utf-16le': 0x10ffff, latin1: 0xff, ascii: 0x7f }[encoding]
  const line = text.split('\n').findIndex((each) => [...each].some((char) => char.codePointAt(0)! > highest))
  if (line >= 0)
    throw new TsplayError(`template: line ${line + 1} of what it makes has a character that ${encoding} lacks`, {
      place: { file },
    })
  return Buffer.from(text, encoding)
}
