// yumRepository: a repository that dnf or yum takes packages from.
import { z } from 'zod'
import { type Content, contentOf, contentText } from '../engine/content.ts'
import { type Change, type Desired, defineModule } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { map } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'
import {
  desiredEdit,
  type EditedState,
  type EditParams,
  editProbe,
  editScript,
  editTouches,
  predictEdit,
} from './common/edited-file.ts'
import { type FileAttributes, fileAttributeParams } from './common/file-attributes.ts'
import { nameParam } from './common/names.ts'
import { pathParam } from './common/params.ts'
import { answered } from './common/repo-answers.ts'
import { editSection, holdsNothing, type RepoOptions } from './common/repo-section.ts'
import { type RepositoryOptions, repositoryOptionParams, repositoryOptions } from './common/repository-options.ts'

/** Parameters of `yumRepository`. */
export interface YumRepositoryParams extends RepositoryOptions, FileAttributes {
  /** The repository's id, as `enablerepo` takes it: `docker-ce-stable`. */
  name: string
  /** Default `present`. */
  state?: 'present' | 'absent'
  /** Name of its file, without `.repo`. Other sections of the file are left alone. Default: `name`. */
  file?: string
  /** Folder of the file. Default `/etc/yum.repos.d`. */
  reposdir?: string
  /**
   * Fetch its metadata before it is written, where it is new or changed. Where that fails the file stays as it was: one
   * repository that does not answer keeps yum from installing anything. Default false.
   */
  updateCache?: boolean
}

/** The parameters, with the options as the file will have them. */
interface Input extends EditParams {
  readonly id: string
  readonly options: RepoOptions | null
  readonly secret: boolean
  readonly asks: boolean
}

const id = nameParam(/^[A-Za-z0-9][A-Za-z0-9._:-]*$/, 'an id: letters, digits and -_.:')

/**
 * A repository of packages is known to dnf and yum, or is not. Compared by meaning: a file that says the same in other words
 * is left as it is.
 *
 * @example the keys of a repository, and both of what it signs
 * ```ts
 * task('repository', yumRepository({
 *   name: 'kubernetes',
 *   baseurl: 'https://mirrors.aliyun.com/kubernetes/yum/repos/kubernetes-el7-$basearch/',
 *   gpgcheck: true,
 *   repoGpgcheck: true,
 *   gpgkey: ['https://mirrors.aliyun.com/kubernetes/yum/doc/yum-key.gpg', 'https://mirrors.aliyun.com/kubernetes/yum/doc/rpm-package-key.gpg'],
 * }))
 * ```
 * @example one that must answer before it is written
 * ```ts
 * task('docker', yumRepository({ name: 'docker-ce-stable', baseurl: 'https://mirror.example.org/docker-ce/9/', updateCache: true }))
 * ```
 * @example one of several in a file, that is only used when it is asked for
 * ```ts
 * task('elrepo', yumRepository({
 *   name: 'elrepo-kernel',
 *   file: 'elrepo',
 *   mirrorlist: 'http://mirrors.elrepo.org/mirrors-elrepo-kernel.el$releasever',
 *   enabled: false,
 * }))
 * ```
 */
export const yumRepository = defineModule<YumRepositoryParams, EditedState, object, Input>({
  name: 'yumRepository',
  params: z
    .strictObject({
      ...fileAttributeParams,
      name: id,
      state: z.enum(['present', 'absent']).optional(),
      ...repositoryOptionParams,
      file: id.optional(),
      reposdir: pathParam.optional(),
      updateCache: z.boolean().optional(),
    })
    .refine(
      ({ state, baseurl, mirrorlist, metalink }) =>
        state === 'absent' || (baseurl ?? mirrorlist ?? metalink) !== undefined,
      { error: 'is needed, or mirrorlist, or metalink', path: ['baseurl'] },
    ),
  subject: ({ name }) => name,
  async prepare(params) {
    const folder = (params.reposdir ?? '/etc/yum.repos.d').replace(/\/+$/, '')
    const { owner, group, mode = params.password === undefined ? undefined : '0600' } = params
    return {
      ...{ id: params.name, path: `${folder}/${params.file ?? params.name}.repo` },
      ...(owner !== undefined && { owner }),
      ...(group !== undefined && { group }),
      ...(mode !== undefined && { mode }),
      options: params.state === 'absent' ? null : repositoryOptions(params.name, params),
      secret: params.password !== undefined,
      asks: params.updateCache === true,
    }
  },
  probe: (input) => map(editProbe(input), (state) => ({ ...state, content: hidden(state.content, input.secret) })),
  desired(input, actual): Desired<EditedState> {
    if (!input.options && actual.type === null) return {}
    const desired = desiredEdit(input, actual, true, (text) => editSection(text, input.id, input.options))
    if (!desired?.content) return desired
    // a file without a repository is of no use to anybody
    if (!input.options && holdsNothing(contentText(desired.content) ?? '')) return { type: null, content: null }
    return { ...desired, content: hidden(desired.content, input.secret) }
  },
  apply: (input, change: Change<EditedState>) =>
    change.to?.type === null
      ? sh`rm -f -- ${input.path}`
      : sh.join([
          input.asks && input.options && change.has('content') && answered(input.id, input.options, input.secret),
          editScript(input, change),
        ]),
  touches: editTouches,
  predict: (input, change) => (change.to?.type === null ? [will.beAbsent(input.path)] : predictEdit(input, change)),
})

const hidden = <C extends Content | null>(content: C, secret: boolean): C =>
  secret && content?.bytes ? (contentOf(content.bytes, { secret }) as C) : content
