// repos: where a host has its packages from. Knows how repositories are brought, not which there are.
import { block, contentOf, role, type TaskItem, task } from 'tsplay'
import {
  type AptRepositoryParams,
  apt,
  aptRepository,
  copy,
  fail,
  stat,
  type YumRepositoryParams,
  yumRepository,
} from 'tsplay/modules'

/** A repository of one family of distributions. */
export type Repository =
  | { readonly yum: YumRepositoryParams }
  | {
      readonly apt: AptRepositoryParams
      /** It stands for all of /etc/apt/sources.list, which is emptied once this one has answered. Default false. */
      readonly replacesList?: boolean
    }

export interface ReposParams {
  /** Repositories of the host's family; those that are not named stay as they are. */
  repositories: readonly Repository[]
}

/**
 * A section of its own in each file stays the only one of its id; a host's other repositories are left alone. One that does not
 * answer is not written, and the host keeps those that it had.
 */
export const repos = role<ReposParams>({
  name: 'repos',
  tasks({ repositories }) {
    const ofApt = repositories.flatMap((each) => ('apt' in each ? [each] : []))
    const ofYum = repositories.flatMap((each) => ('yum' in each ? [each.yum] : []))
    return [
      ofApt.some(({ apt: { key } }) => key?.startsWith('https://')) &&
        task('what fetches keys', apt({ name: ['ca-certificates', 'curl'] })),
      ofApt.map(({ apt: params, replacesList }) => {
        const repository = task(`repository ${nameOf(params)}`, aptRepository(params))
        return replacesList ? insteadOfList(repository) : repository
      }),
      // a wrong address is found here, and not by whoever installs something next; what is off is not asked
      ofYum.map((params) =>
        task(
          `repository ${params.name}`,
          yumRepository({
            mode: '0644',
            ...params,
            ...(params.enabled !== false && params.state !== 'absent' && { updateCache: true }),
          }),
        ),
      ),
    ]
  },
})

/**
 * apt refuses one repository that is described twice in different words, so the list is emptied first; where the new one
 * does not answer, it is as it was. What it held is kept whenever it is emptied, also what somebody has added since.
 */
const insteadOfList = (repository: TaskItem): TaskItem => [
  task('is there a sources.list', stat({ path: list })).register(({ exists, sha256 }) =>
    !exists || sha256 === contentOf(emptied).sha256
      ? [repository]
      : [
          block(
            [
              task('sources.list is kept', copy({ src: list, remoteSrc: true, dest: kept })),
              task('nothing in sources.list', copy({ dest: list, content: emptied })),
              repository,
            ],
            {
              rescue: ({ message }) => [
                task('sources.list as it was', copy({ src: kept, remoteSrc: true, dest: list })),
                task('no new repository', fail({ message })),
              ],
            },
          ),
        ],
  ),
]

const list = '/etc/apt/sources.list'
const kept = `${list}.before-tsplay`

const emptied = '# Managed by tsplay: see sources.list.d.\n'

const nameOf = ({ name, repo }: AptRepositoryParams): string => name ?? [repo ?? []].flat().join(', ')
