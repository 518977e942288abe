// nginx-lb: a TCP load balancer in front of the API servers. Knows nothing of TLS and HTTP.
import { block, handler, role, task } from 'tsplay'
import { apt, command, lineInFile, package as packages, systemd, template, waitFor } from 'tsplay/modules'

export interface NginxLbParams {
  /** Family of the host's distribution. */
  family: 'debian' | 'redhat'
  /** TCP port to listen on. */
  port: number
  /** Where connections go; which one is decided by the client's address. */
  upstreams: readonly { readonly name: string; readonly address: string; readonly port: number }[]
}

const reload = handler(
  'reload nginx',
  block([
    task('nginx accepts its configuration', command({ cmd: ['nginx', '-t'] }), { changedWhen: false }),
    task('reload nginx', systemd({ name: 'nginx', state: 'reloaded' })),
  ]),
  { throttle: 1 },
)

/** nginx passes connections on to the API servers that answer. */
export const nginxLb = role<NginxLbParams>({
  name: 'nginx-lb',
  dir: import.meta.dirname,
  tasks: ({ family, port, upstreams }) => [
    // not started by the package: its port 80 is not asked for, and what it is to do is not there yet
    family === 'debian'
      ? task(
          'nginx and its stream module',
          apt({
            name: ['nginx', 'libnginx-mod-stream'],
            startServices: false,
          }),
        )
      : task('nginx and its stream module', packages({ name: ['nginx', 'nginx-mod-stream'] })),
    task(
      'balancer',
      template({ src: 'lb.tcp.ejs', dest: '/etc/nginx/conf.d/lb.tcp', vars: { port, upstreams }, mode: '0644' }),
      { notify: reload },
    ),
    // `stream` is a block of the main level: inside of `http` it would be refused
    task(
      'main configuration includes the balancer',
      lineInFile({
        path: '/etc/nginx/nginx.conf',
        line: 'include /etc/nginx/conf.d/*.tcp;',
        regexp: '^include\\s+/etc/nginx/conf\\.d/\\*\\.tcp;',
        insertBefore: '^http\\b',
        validate: 'nginx -t -c %s',
      }),
      { notify: reload },
    ),
    task('nginx runs', systemd({ name: 'nginx', enabled: true, state: 'started' })),
    task('the balancer listens', waitFor({ port, timeout: 30 })),
  ],
})
