// X01: an inventory that does not fit its site does not compile. Checked by `tsc --noEmit`.
import { inventory, secret } from 'tsplay'
import { cluster } from './site.ts'

inventory(cluster, {
  vars: { apiHost: 'lb.example', user: 'root', hostKeys: 'accept-new' },
  groups: {
    masters: {
      vars: { port: 2222, apiPort: 8443 },
      hosts: { m1: { address: '10.0.0.1', etcdName: 'etcd01' }, m2: { etcdName: 'etcd02', password: secret('x') } },
    },
    lb: { children: ['masters'] },
  },
  lab: { subnet: '10.77.0.0/24' },
})

inventory(cluster, {
  vars: { apiHost: 'x' },
  // @ts-expect-error: the site has no group 'mastres'
  groups: { mastres: { hosts: {} } },
})

inventory(cluster, {
  vars: { apiHost: 'x' },
  // @ts-expect-error: 'etcdNam' is no variable of the masters
  groups: { masters: { hosts: { m1: { etcdNam: 'etcd01' } } } },
})

inventory(cluster, {
  vars: { apiHost: 'x' },
  // @ts-expect-error: 'vip' is a variable of another group
  groups: { masters: { hosts: { m1: { vip: '10.0.0.9' } } } },
})

inventory(cluster, {
  vars: { apiHost: 'x' },
  // @ts-expect-error: a name is a text
  groups: { masters: { hosts: { m1: { etcdName: 1 } } } },
})

inventory(cluster, {
  vars: { apiHost: 'x' },
  // @ts-expect-error: a port is a number
  groups: { masters: { vars: { port: '22' } } },
})

inventory(cluster, {
  vars: { apiHost: 'x' },
  // @ts-expect-error: a password is a secret
  groups: { masters: { hosts: { m1: { password: 'plain' } } } },
})

// @ts-expect-error: the site needs apiHost
inventory(cluster, { vars: {}, groups: {} })

// @ts-expect-error: 'apiHots' is no variable of the site
inventory(cluster, { vars: { apiHost: 'x', apiHots: 'x' }, groups: {} })
