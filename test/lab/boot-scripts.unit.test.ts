import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { hostCgroup } from '../../engine/lab/cgroup.ts'
import { initScript } from '../../engine/lab/init-script.ts'
import { hostPaths, labPaths } from '../../engine/lab/paths.ts'
import { superviseScript } from '../../engine/lab/supervise-script.ts'

const host = {
  ...{ name: 'm1', address: '10.77.0.11', prefix: 24, gateway: '10.77.0.1', hardware: '02:74:0a:4d:00:0b' },
  ...{ bridge: 'tsb-lab', cable: 'tsv-lab-m1', namespace: 'tsplay.lab.m1', lower: '/var/cache/tsplay/base/tree' },
  paths: hostPaths(labPaths('lab', { TSPLAY_LAB_DIR: "/srv/it's my lab" }), 'm1'),
  cgroup: hostCgroup('/sys/fs/cgroup/tsplay.lab', 'm1'),
}

it.each([
  ['superviseScript', superviseScript(host)],
  ['initScript', initScript(host)],
])('%s is a shell script, wherever the lab lies', (_, script) => {
  expect(script).toContain(`'/srv/it'\\''s my lab/lab/hosts/m1`)
  expect(spawnSync('sh', ['-n'], { input: script })).toMatchObject({ status: 0 })
})

it('neither the clock nor kernel modules are left to the host', () => {
  expect(initScript(host)).toContain('--bounding-set=-sys_time,-sys_module')
})
