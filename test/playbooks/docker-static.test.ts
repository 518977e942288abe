// docker from an archive, as data.
import { describe, expect, test } from 'vitest'
import { dockerStatic } from '../../playbooks/roles/docker-static/index.ts'
import { rootOf, writtenBy } from './role-files.ts'
import { listedIn, only } from './tasks-of.ts'

const source = { url: 'https://example.org/linux/docker-18.03.1-ce.tgz', sha256: 'a'.repeat(64) }
const tasks = listedIn([dockerStatic({ source, maxConcurrentDownloads: 20 })])

describe('docker-static', () => {
  test('the unit keeps what systemd is to fill in, which a documented heredoc has emptied (B05)', async () => {
    const root = rootOf({})
    root.run('cat > docker.service <<EOF\nExecReload=/bin/kill -s HUP $MAINPID\nEOF')
    expect(root.read('docker.service')).toBe('ExecReload=/bin/kill -s HUP \n')

    const unit = await writtenBy(only(tasks, 'unit'))
    expect(unit).toContain('ExecReload=/bin/kill -s HUP $MAINPID\n')
    expect(unit).toContain('ExecStart=/opt/k8s/bin/dockerd --log-level=error $DOCKER_NETWORK_OPTIONS\n')
  })

  test("flannel's options come last of all files, and a missing file is no failure", async () => {
    const own = listedIn([dockerStatic({ source, environmentFiles: ['/etc/docker/options', '/run/flannel/docker'] })])
    const unit = await writtenBy(only(own, 'unit'))
    expect(unit.match(/^EnvironmentFile=.*$/gm)).toEqual([
      'EnvironmentFile=-/etc/docker/options',
      'EnvironmentFile=-/run/flannel/docker',
    ])
  })

  test('programs are those of an archive with a checksum, in a folder for each release', () => {
    expect(only(tasks, 'programs').params).toMatchObject({ ...source, dir: '/opt/k8s' })
    expect(only(tasks, 'programs').params.programs).toContain('docker-containerd-shim')
  })

  test('nothing flushes the firewall, and docker is there before anything restarts it (B07, B68)', () => {
    expect(JSON.stringify(tasks.map(({ params }) => params))).not.toMatch(/iptables|-F\b/)
    const names = tasks.map(({ name }) => name)
    expect(names.indexOf('programs')).toBeLessThan(names.indexOf('docker runs'))
    for (const name of ['configuration', 'programs', 'unit'])
      expect([only(tasks, name).node.options.notify].flat()[0]).toMatchObject({ name: 'restart docker' })
  })
})
