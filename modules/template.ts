// template: a file of the host, rendered from an EJS template on the control side.
import { z } from 'zod'
import { contentOf } from '../engine/content.ts'
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
  /** What the template may use. A value it uses that is not here is an error; a secret makes the file secret. */
  vars?: Readonly<Record<string, unknown>>
}

/** Renders `src` with EJS (nothing is HTML-escaped, undefined values are errors) and writes it as `copy` does. */
export const template = defineModule<TemplateParams, WrittenState, WriteResult, Writing>({
  name: 'template',
  params: z.strictObject({
    ...writeParams,
    src: z.string().min(1),
    dest: pathParam.refine((path) => !path.endsWith('/'), { error: 'give dest with the name of the file' }),
    vars: z.record(z.string(), z.unknown()).optional(),
  }),
  subject: ({ dest }) => dest,
  async prepare({ src, dest, vars = {}, ...params }, control) {
    const { text, secret } = await control.render(src, vars)
    return { params, dest, content: contentOf(text, { secret }), inside: undefined, reports: true }
  },
  probe: writtenProbe,
  desired: desiredWritten,
  apply: writeScript,
  result: writeResult,
  touches: writtenResources,
  predict: predictWritten,
})
