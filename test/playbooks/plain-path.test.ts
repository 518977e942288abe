// Paths that go into units, profiles and command lines as they are.
import { expect, test } from 'vitest'
import { plainPath } from '../../playbooks/plain-path.ts'

test.each(['/', '/opt/k8s/bin', '/usr/lib64/etcd-3.4', '/home/ops@example.org/.kube', '/srv/a+b,c=d_~1'])(
  '%s needs no quotes',
  (path) => {
    expect(plainPath.parse(path)).toBe(path)
  },
)

test.each([
  '',
  'opt/bin',
  '/opt/my k8s/bin',
  '/opt/$(id)/bin',
  '/opt/`id`',
  "/opt/it's",
  '/opt/a:b',
  '/opt/a\nb',
  '/opt/%n',
  '/opt/a;b',
])('%j would mean something else to a shell or to systemd', (path) => {
  expect(plainPath.safeParse(path).error?.issues[0]?.message).toMatch(/^expected an absolute path of letters/)
})
