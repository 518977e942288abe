import { expect, test } from 'vitest'
import { only, siteOver } from './tasks-of.ts'

const site = siteOver()
const tasks = site.tasks('lb1').filter(({ role }) => role === 'nginx-lb')

test('the balancer passes the API port on to every master, and to nobody else', async () => {
  const text = await site.text('lb1', only(tasks, 'balancer'))
  const servers = [...text.matchAll(/^\s*server (\S+) max_fails=3 fail_timeout=30;/gm)].map(([, server]) => server)
  expect(servers).toEqual(['10.77.0.11:6443', '10.77.0.12:6443', '10.77.0.13:6443'])
  expect(text).toMatch(/^\s*listen 6443;$/m)
})

test("nginx's own variables reach the host as they are (B05)", async () => {
  expect(await site.text('lb1', only(tasks, 'balancer'))).toContain('hash $remote_addr consistent;')
})

test('watches and log streams are not cut: idle connections stay for an hour (B39)', async () => {
  expect(await site.text('lb1', only(tasks, 'balancer'))).toMatch(/^\s*proxy_timeout 1h;$/m)
})

test('the stream module is a package of its own, and its block is included at the main level (B35)', () => {
  expect(only(tasks, 'nginx and its stream module').params.name).toEqual(['nginx', 'libnginx-mod-stream'])
  expect(only(tasks, 'main configuration includes the balancer').params).toMatchObject({
    path: '/etc/nginx/nginx.conf',
    line: 'include /etc/nginx/conf.d/*.tcp;',
    validate: 'nginx -t -c %s',
  })
  const { insertBefore, regexp, line } = only(tasks, 'main configuration includes the balancer').params
  expect('http {').toMatch(new RegExp(insertBefore))
  expect(line).toMatch(new RegExp(regexp))
})

test('nginx is enabled, not only started (B36), and started only once it is configured', () => {
  expect(only(tasks, 'nginx runs').params).toEqual({ name: 'nginx', enabled: true, state: 'started' })
  expect(only(tasks, 'nginx and its stream module').params.startServices).toBe(false)
  const names = tasks.map(({ name }) => name)
  expect(names.indexOf('main configuration includes the balancer')).toBeLessThan(names.indexOf('nginx runs'))
})

test('a change is tested as a whole before nginx is told of it', () => {
  const [check, reload] = site.handler('lb1', 'reload nginx')
  expect(check!.params.cmd).toEqual(['nginx', '-t'])
  expect(reload!.params).toEqual({ name: 'nginx', state: 'reloaded' })
})
