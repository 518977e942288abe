// limits: resource limits of login sessions, in a file of tsplay's own. Services have theirs in their units.
import { role, task } from 'tsplay'
import { copy } from 'tsplay/modules'

/** A line of limits.conf(5). */
export interface Limit {
  domain: string
  type: 'soft' | 'hard' | '-'
  item: string
  value: string
}

/** Sessions that start from now on have these limits. */
export const limits = role<{ limits: readonly Limit[] }>({
  name: 'limits',
  tasks: (params) => [
    task(
      'limits of sessions',
      copy({ dest: '/etc/security/limits.d/90-tsplay.conf', content: text(params.limits), mode: '0644' }),
    ),
  ],
})

const text = (entries: readonly Limit[]): string =>
  [
    '# Managed by tsplay: changes made here are lost.',
    ...entries.map(({ domain, type, item, value }) => `${domain} ${type} ${item} ${value}`),
    '',
  ].join('\n')
