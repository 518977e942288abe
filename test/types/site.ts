// The world that the type tests are about.
import { handler, role, site, z } from 'tsplay'
import { systemd } from 'tsplay/modules'

export const cluster = site({
  vars: z.object({ apiHost: z.string(), apiPort: z.number().default(6443) }),
  groups: {
    masters: z.object({ etcdName: z.string(), weight: z.number().optional() }),
    lb: z.object({ vip: z.string() }),
  },
})

/** Another world, with other groups. */
export const shop = site({
  vars: z.object({ currency: z.string() }),
  groups: { web: z.object({ port80: z.boolean() }) },
})

export const restart = handler('restart etcd', systemd({ name: 'etcd', state: 'restarted' }))

export const etcd = role({
  name: 'etcd',
  tasks: ({ dataDir }: { dataDir: string }) => [dataDir === '' && restart.tasks],
})
