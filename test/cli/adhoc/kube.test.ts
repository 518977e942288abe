// What -m and -a ask for of Kubernetes and etcd, in Ansible's words.
import { describe, expect, test } from 'vitest'
import { asked } from './asked.ts'

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'apps' } }

describe('Ansible’s words for Kubernetes and etcd', () => {
  test.each<[module: string, args: string, ours: string, params: object]>([
    [
      'kubernetes.core.k8s',
      'api_version=v1 kind=Namespace name=apps state=present kubeconfig=/k verify_ssl=no',
      'kubectl',
      { definition: namespace, state: 'present', kubeconfig: '/k' },
    ],
    [
      'k8s',
      'src=/root/a.yaml namespace=apps wait=yes wait_timeout=30',
      'kubectl',
      { path: '/root/a.yaml', namespace: 'apps', wait: 30 },
    ],
    ['k8s', 'src=/root/a.yaml state=absent wait=no apply=yes', 'kubectl', { path: '/root/a.yaml', state: 'absent' }],
    [
      'k8s',
      JSON.stringify({
        resource_definition: namespace,
        server_side_apply: { field_manager: 'x', force_conflicts: true },
        validate: { fail_on_error: false },
        wait: true,
      }),
      'kubectl',
      { definition: namespace, serverSide: true, forceConflicts: true, validate: false, wait: 120 },
    ],
    [
      'k8s',
      JSON.stringify({ definition: '---\nkind: A\n---\nkind: B\n' }),
      'kubectl',
      { definition: [{ kind: 'A' }, { kind: 'B' }] },
    ],
    [
      'k8s_info',
      'kind=Pod namespace=apps label_selectors=app=web api_version=v1',
      'kubeGet',
      { kind: 'Pod', namespace: 'apps', selector: 'app=web' },
    ],
    [
      'k8s_scale',
      'kind=Deployment name=web namespace=apps replicas=3 wait=no',
      'kubeScale',
      { kind: 'Deployment', name: 'web', namespace: 'apps', replicas: 3 },
    ],
    [
      'k8s_scale',
      'kind=Deployment name=web replicas=0',
      'kubeScale',
      { kind: 'Deployment', name: 'web', replicas: 0, wait: 120 },
    ],
    ['k8s_drain', 'name=n1 state=cordon', 'kubeCordon', { node: 'n1', state: 'cordoned' }],
    ['k8s_drain', 'name=n1 state=uncordon', 'kubeCordon', { node: 'n1', state: 'uncordoned' }],
    [
      'k8s_drain',
      JSON.stringify({
        name: 'n1',
        delete_options: {
          ignore_daemonsets: true,
          delete_emptydir_data: true,
          force: true,
          terminate_grace_period: 5,
          wait_timeout: 60,
        },
      }),
      'kubeDrain',
      { node: 'n1', ignoreDaemonsets: true, deleteEmptydirData: true, force: true, gracePeriod: 5, timeout: 60 },
    ],
    [
      'k8s_taint',
      JSON.stringify({
        name: 'n1',
        taints: [
          { key: 'a', value: 'b', effect: 'NoSchedule' },
          { key: 'c', effect: 'NoExecute' },
        ],
      }),
      'kubeTaint',
      { node: 'n1', taints: ['a=b:NoSchedule', 'c:NoExecute'] },
    ],
    [
      'k8s_json_patch',
      JSON.stringify({ kind: 'pod', name: 'p', patch: [{ op: 'remove', path: '/x' }] }),
      'kubePatch',
      { kind: 'pod', name: 'p', type: 'json', patch: [{ op: 'remove', path: '/x' }] },
    ],
    [
      'etcd3',
      'key=/a value=b state=present timeout=5',
      'etcdKey',
      { endpoints: 'http://localhost:2379', path: '/a', value: 'b', state: 'present' },
    ],
    [
      'community.general.etcd3',
      'key=/a state=absent host=10.0.0.1 port=2380 ca_cert=/ca client_cert=/c client_key=/k',
      'etcdKey',
      { endpoints: 'https://10.0.0.1:2380', path: '/a', state: 'absent', ca: '/ca', cert: '/c', key: '/k' },
    ],
  ])('%s %s', (module, args, ours, params) => {
    expect(asked(module, args)).toEqual([ours, params])
  })

  test.each<[module: string, args: string, message: string]>([
    ['k8s', 'src=/a host=https://h', "'host': how a cluster is reached is said by a kubeconfig"],
    ['k8s', 'src=/a state=patched', "'state': to patch is a module of its own"],
    ['k8s', 'src=/a force=yes', 'kubectl replace --force'],
    ['k8s_taint', 'name=n1 taints=a replace=yes', "'replace': other taints stay"],
    ['k8s_info', 'kind=Pod field_selectors=a=b', "'field_selectors'"],
    ['etcd3', 'key=/a value=b user=root', "'user': users are not supported"],
  ])('%s %s is refused', (module, args, message) => {
    expect(asked(module, args)).toContain(message)
  })
})
