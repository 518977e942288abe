// How kubectl is called by the modules for Kubernetes, in every shell that a host may have. kubectl only writes down its calls.
import { describe, expect, it } from 'vitest'
import { changeOf } from '../../engine/difference.ts'
import type { Action } from '../../engine/module.ts'
import {
  kubeApproveCsr,
  kubeCordon,
  kubectl,
  kubeDrain,
  kubeLabel,
  kubePatch,
  kubeScale,
  kubeTaint,
  kubeWait,
} from '../../modules/index.ts'
import { runFaked, shells } from '../support/fake-commands.ts'
import { controlIn, folderHere } from '../support/settle-here.ts'

const options = ['kubectl', '--cache-dir=/dev/null', '--request-timeout=30s']

/** What a module runs to get from a state to its wish, as its calls of kubectl without the options that all have. */
async function calls(
  { module, params }: Action,
  from: object,
  { shell, says = '' }: { shell: readonly string[]; says?: string },
): Promise<string[][]> {
  const input = module.prepare ? await module.prepare(params, controlIn(folderHere())) : params
  const script = module.apply(input, changeOf(from, module.desired(input, from)))
  const run = await runFaked(script, { kubectl: `${says}\n[ "\${*%--filename=-}" = "$*" ] || cat >/dev/null` }, shell)
  expect(run.code, run.stderr).toBe(0)
  return run.calls.map((call) => {
    expect(call.slice(0, 3)).toEqual(options)
    return call.slice(3)
  })
}

const node = { found: true, cordoned: false, pods: ['a/b'] }

describe.each(shells.map((shell) => ({ name: shell.join(' '), shell })))('kubectl is called in $name', ({ shell }) => {
  it.each<[string, Action, object, string[][]]>([
    [
      'for labels that differ only',
      kubeLabel({ kind: 'node', name: 'n1', labels: { a: '1', b: null, c: '3', d: null } }),
      { found: true, labels: { a: '0', b: 'x', c: '3', d: null } },
      [['label', 'node', 'n1', '--overwrite', 'a=1', 'b-']],
    ],
    [
      'for taints that differ only',
      kubeTaint({ node: 'n1', taints: ['a=b:NoSchedule', 'c:NoExecute'] }),
      { found: true, taints: { 'a:NoSchedule': 'x', 'c:NoExecute': '' } },
      [['taint', 'node', 'n1', '--overwrite', 'a=b:NoSchedule']],
    ],
    [
      'for taints that go',
      kubeTaint({ node: 'n1', taints: ['a', 'b:NoSchedule'], state: 'absent' }),
      { found: true, taints: { a: '', 'b:NoSchedule': null } },
      [['taint', 'node', 'n1', '--overwrite', 'a-']],
    ],
    ['to cordon', kubeCordon({ node: 'n1' }), node, [['cordon', 'n1']]],
    ['to uncordon', kubeCordon({ node: 'n1', state: 'uncordoned' }), node, [['uncordon', 'n1']]],
    [
      'to drain',
      kubeDrain({ node: 'n1', force: true, gracePeriod: 5, timeout: 60 }),
      node,
      [['drain', 'n1', '--ignore-daemonsets', '--force', '--grace-period=5', '--timeout=60s', '--request-timeout=0']],
    ],
    [
      'to patch',
      kubePatch({ kind: 'service', name: 'web', namespace: 'apps', type: 'merge', patch: { a: "it's $HOME" } }),
      { found: true, object: null, patched: null },
      [['--namespace=apps', 'patch', 'service', 'web', '--type=merge', `--patch={"a":"it's $HOME"}`]],
    ],
    [
      'to scale and wait',
      kubeScale({ kind: 'deployment', name: 'web', replicas: 3, wait: 9 }),
      { found: true, replicas: 1 },
      [
        ['scale', 'deployment', 'web', '--replicas=3'],
        ['rollout', 'status', 'deployment', 'web', '--timeout=9s', '--request-timeout=0'],
      ],
    ],
    [
      'to approve',
      kubeApproveCsr({ users: ['kubelet-bootstrap'] }),
      { asked: true, pending: ['csr-1', 'csr-2'] },
      [['certificate', 'approve', 'csr-1', 'csr-2']],
    ],
    [
      'to wait, once where it holds',
      kubeWait({ kind: 'pods', namespace: 'apps', selector: 'a in (b, c)', for: 'condition=Ready' }),
      { holds: false },
      [['--namespace=apps', 'wait', 'pods', '--selector=a in (b, c)', '--for=condition=Ready', '--timeout=0s']],
    ],
    [
      'to apply and wait',
      kubectl({
        definition: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once', namespace: 'apps' } },
        serverSide: true,
        wait: 7,
      }),
      { asked: true, objects: { 'Job apps/once': null }, merged: {} },
      [
        ['apply', '--server-side', '--filename=-'],
        ['--namespace=apps', 'wait', 'Job', 'once', '--for=condition=Complete', '--timeout=7s', '--request-timeout=0'],
      ],
    ],
    [
      'to delete what a file of the host names',
      kubectl({ path: '/tmp/a b.yaml', state: 'absent' }),
      { asked: true, objects: {}, merged: {} },
      [['delete', '--ignore-not-found', '--wait=false', '--filename=/tmp/a b.yaml']],
    ],
  ])('%s', async (_title, action, from, expected) => {
    expect(await calls(action, from, { shell })).toEqual(expected)
  })

  it('to drain with data that is lost, by the name that its version has for that', async () => {
    const drain = kubeDrain({ node: 'n1', deleteEmptydirData: true })
    const rest = ['--ignore-daemonsets', '--timeout=300s', '--request-timeout=0']
    const help = `case "$*" in *--help*) echo "  --delete-emptydir-data=false: x" ;; esac`
    expect((await calls(drain, node, { shell, says: help }))[1]).toEqual([
      'drain',
      'n1',
      '--delete-emptydir-data',
      ...rest,
    ])
    expect((await calls(drain, node, { shell }))[1]).toEqual(['drain', 'n1', '--delete-local-data', ...rest])
  })
})
