// containerd as data, and which hosts of an inventory have it in docker's place.
import { describe, expect, test } from 'vitest'
import type { InventoryFile } from '../../engine/inventory.ts'
import s0Inventory from '../../inventories/s0/hosts.ts'
import s3Inventory from '../../inventories/s3/hosts.ts'
import s4bInventory from '../../inventories/s4b/hosts.ts'
import { containerdToml } from '../../playbooks/roles/containerd/containerd-toml.ts'
import { containerd, containerdSocket } from '../../playbooks/roles/containerd/index.ts'
import s0 from '../../playbooks/systems/s0.ts'
import s3 from '../../playbooks/systems/s3.ts'
import s4b from '../../playbooks/systems/s4b.ts'
import { listedIn, only, siteOver } from './tasks-of.ts'

describe('the role', () => {
  const redhat = listedIn([containerd({ family: 'redhat', version: '1.6.8', pauseImage: 'registry.test/pause:3.8' })])
  const debian = listedIn([containerd({ family: 'debian', package: 'containerd', version: '1.6.20' })])

  test('the configuration turns on what kubelets speak to, which docker brings turned off', () => {
    const text: string = only(redhat, 'configuration').params.content
    expect(text).not.toContain('disabled_plugins')
    expect(text).toContain('[plugins."io.containerd.grpc.v1.cri"]\n  sandbox_image = "registry.test/pause:3.8"\n')
    expect(text).toContain('SystemdCgroup = true\n')
    expect(containerdToml({ cgroupDriver: 'cgroupfs' })).toContain('SystemdCgroup = false\n')
    expect(containerdToml({})).not.toContain('sandbox_image')
    expect(containerdSocket).toBe('unix:///run/containerd/containerd.sock')
  })

  test('the configuration is there before the package is, which is there before anything restarts it', () => {
    for (const tasks of [redhat, debian]) {
      const names = tasks.map(({ name }) => name)
      expect(names.indexOf('configuration')).toBeLessThan(names.indexOf('containerd'))
      expect(names.indexOf('containerd')).toBeLessThan(names.indexOf('containerd runs'))
      const [restart] = [only(tasks, 'configuration').node.options.notify].flat()
      expect(restart).toMatchObject({ name: 'restart containerd', options: { throttle: 1 } })
      expect(only(tasks, 'containerd runs').node.options.absorbs).toBe(restart)
    }
    expect(only(debian, 'containerd').params.startServices).toBe(false)
  })

  test('a version that was asked for is kept, and can be changed', () => {
    expect(only(redhat, 'containerd').params).toEqual({ name: 'containerd.io=1.6.8-*', allowChangeLocked: true })
    expect(only(debian, 'containerd').params).toMatchObject({ name: 'containerd=1.6.20~*', allowChangeHeld: true })
    expect(only(redhat, 'what keeps versions').params.name).toBe('python3-dnf-plugin-versionlock')
    for (const tasks of [redhat, debian])
      expect(only(tasks, 'containerd stays in this version').module).toBe('packageLock')
    const any = listedIn([containerd({ family: 'redhat' })]).map(({ name }) => name)
    expect(any).not.toContain('containerd stays in this version')
    expect(any).not.toContain('what keeps versions')
  })
})

describe("where it is the inventory's runtime", () => {
  const wanted = { containerRuntime: 'containerd', containerd: { version: '1.6.8' } }
  const over = (inventory: unknown, playbook: Parameters<typeof siteOver>[1], vars: object = wanted) => {
    const file = inventory as InventoryFile
    const site = siteOver({ ...file, vars: { ...file.vars, ...vars } }, playbook)
    const own = new Set(['docker', 'docker-static', 'containerd', 'cri-dockerd', 'forward-accept'])
    return (host: string): string[] =>
      [...new Set(site.tasks(host).flatMap(({ node }) => node.scope.roles.slice(0, 1)))].filter((name) => own.has(name))
  }

  test('masters and nodes have it, and no docker nor what belongs to docker', () => {
    for (const host of ['k8s-master1', 'k8s-master3']) expect(over(s0Inventory, s0)(host)).toEqual(['containerd'])
    expect(over(s0Inventory, s0, {})('k8s-master1')).toEqual(['docker', 'forward-accept'])
  })

  test('image registries run docker as before', () => {
    const rolesOn = over(s3Inventory, s3, wanted)
    expect(rolesOn('k8s-master01.example.local')).toEqual(['containerd'])
    expect(rolesOn('k8s-node03.example.local')).toEqual(['containerd'])
    expect(rolesOn('k8s-harbor01.example.local')).toEqual(['docker', 'forward-accept'])
    expect(rolesOn('k8s-ha01.example.local')).toEqual([])
  })

  test('masters that run no pods have neither', () => {
    expect(over(s4bInventory, s4b)('k8s-master1')).toEqual([])
    expect(over(s4bInventory, s4b)('k8s-worker1')).toEqual(['containerd'])
  })

  test('each group may have its own', () => {
    const site = {
      ...s3Inventory,
      groups: { ...s3Inventory.groups, nodes: { ...s3Inventory.groups.nodes, vars: wanted } },
    }
    const rolesOn = over(site, s3, { criDockerd: undefined })
    expect(rolesOn('k8s-master01.example.local')).toEqual(['docker', 'forward-accept'])
    expect(rolesOn('k8s-node01.example.local')).toEqual(['containerd'])
  })
})
