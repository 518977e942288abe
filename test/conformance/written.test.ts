import { agree, withAnsible } from './agrees.ts'
import type { Case } from './generated.ts'

const script = (json: object, hostVars: object = {}): string => `#!/bin/sh
case $1 in
--list) echo '${JSON.stringify(json)}' ;;
--host) echo '${JSON.stringify(hostVars)}' ;;
esac
`

const cases: Case[] = [
  {
    name: 'A120 groups, hosts with variables, comments and quotes',
    files: {
      hosts: `# who is here
; a comment as well
mail.example.org # relays

[web]   # two of them
  w1   a=1   # indented
w2
`,
    },
    inventories: ['hosts'],
    patterns: ['all', 'ungrouped', 'mail*'],
  },
  {
    name: 'A120 values in quotes, with # and = inside, and escaped',
    files: {
      'hosts.ini': `[web]
w1 a='x # y' b="k=v" c=d\\ e f='{"g": [1, "two"]}' h="it's" i='' j=k#comment
w2 a=1 b=1.0 c=True d=None e=text f='1' g="'1'" h=0644 i=[1,2] j="[1, 'b']"
[web:vars]
plain = two words # and no comment
list = [1, 2, 3]
text = "quoted"
empty =
equals = a=b=c
`,
    },
    inventories: ['hosts.ini'],
    patterns: ['web', 'w1'],
  },
  {
    name: 'A120 ranges of numbers and letters, with step and padding, several in a name',
    files: {
      'hosts.ini': `[nodes]
web[01:50:2].example.org
db-[a:f]
rack[1:2]-[x:z:2]
10.10.10.[128:132]
n[008:010]
m[:3]
[upper]
z[A:C]
`,
    },
    inventories: ['hosts.ini'],
    patterns: ['web0*', 'db-c', 'nodes[0]', 'nodes[-1]', 'nodes[2:4]', 'upper', '10.10.10.1*', 'rack*'],
  },
  {
    name: 'A120 aliases, ports and addresses of version 6',
    files: {
      'hosts.ini': `jump ansible_host=192.0.2.10 ansible_port=5555 ansible_user=ops
badwolf.example.com:5309
[v6]
2001:db8::1
[2001:db8::2]:2222
`,
    },
    inventories: ['hosts.ini'],
    patterns: ['all', 'jump', 'v6'],
  },
  {
    name: 'A120 groups of groups, declared later, with variables of each',
    files: {
      'hosts.ini': `[prod:children]
web
db
[prod:vars]
tier=prod
[web]
w[1:2]
[db]
d1 tier=own
[all:children]
prod
other
[other]
o1
[all:vars]
tier=any
`,
    },
    inventories: ['hosts.ini'],
    patterns: ['prod', 'all', 'prod:!db', 'prod:&web', '!prod', 'web:d1', 'all[0]'],
  },
  {
    name: 'A121 YAML with groups in groups, ranges, ports and empty parts',
    files: {
      'hosts.yml': `---
all:
  hosts:
    mail.example.com:
    far:2200: {}
  vars: {ntp: pool.example.org, on: yes, mode: 0644}
  children:
    web:
      hosts:
        w[1:3]:
          weight: 1
        w2: {weight: 2, nested: {a: [1, 2], b: ~}}
      vars: &shared
        tls: on
        ratio: 1_000.5
    db:
      hosts: d1
      vars:
        <<: *shared
        engine: pg
      children:
        replicas:
          hosts: {d2: , d3: }
    empty:
`,
    },
    inventories: ['hosts.yml'],
    patterns: ['all', 'db', 'replicas', 'web[1]', 'empty', 'db:!replicas', '~d[23]'],
  },
  {
    name: 'A121 several groups at the top of a YAML file',
    files: { 'hosts.yaml': 'web:\n  hosts: {a: , b: }\ndb:\n  hosts: {b: {k: 1}, c: }\n  vars: {k: 2}\nlone:\n' },
    inventories: ['hosts.yaml'],
    patterns: ['web:&db', 'web,db', '*'],
  },
  {
    name: 'A121 JSON is YAML',
    files: { 'hosts.json': '{"web": {"hosts": {"a": {"n": 1.10, "t": true}}, "vars": {"x": null}}}' },
    inventories: ['hosts.json'],
    patterns: ['web'],
  },
  {
    name: 'A121 an executable with _meta',
    files: {
      'dynamic.sh': script({
        web: { hosts: ['a', 'b'], vars: { port: 80 }, children: ['edge'] },
        edge: { hosts: ['c'] },
        db: ['d'],
        lone: { k: 'v' },
        _meta: { hostvars: { a: { x: 1 }, gone: { x: 2 } } },
      }),
    },
    inventories: ['dynamic.sh'],
    patterns: ['web', 'db', 'lone', 'web:!edge'],
  },
  {
    name: 'A121 an executable that is asked for each host',
    files: { 'dynamic.sh': script({ web: ['a', 'b'], db: { hosts: ['c'] } }, { asked: true, n: 3 }) },
    inventories: ['dynamic.sh'],
    patterns: ['all', 'web'],
  },
  {
    name: 'A121 a folder: its files in order, without documents and backups',
    files: {
      'prod/01-web': '[web]\na k=1\nb\n[web:vars]\nv=first\n',
      'prod/02-db.yml': 'db: {hosts: {a: {k: 2}, c: }}\nweb: {vars: {v: second}}\n',
      'prod/more/03-x': '[x]\nd\n',
      'prod/README.md': '# not an inventory\n',
      'prod/02-db.yml~': 'nonsense: [',
      'prod/.hidden': 'nonsense [',
      'prod/group_vars/web.yml': 'w: from file\n',
      'prod/group_vars/all/a.yml': 'x: 1\ny: 1\n',
      'prod/group_vars/all/b.json': '{"y": 2}',
      'prod/host_vars/a': 'h: 1\n',
    },
    inventories: ['prod'],
    patterns: ['all', 'web:db', 'x'],
  },
  {
    name: 'A121 several inventories, merged in order',
    files: {
      'one.ini': '[web]\na k=1\nb\n[web:vars]\nv=1\nw=1\n[all:vars]\nz=1\n',
      'two.yml': 'web: {hosts: {b: {k: 2}, c: }, vars: {v: 2}}\nprod: {children: {web: }}\n',
    },
    inventories: ['one.ini', 'two.yml'],
    patterns: ['web', 'prod', 'all'],
  },
  {
    name: 'A122 deeper groups win over outer ones, then priority, then the name',
    files: {
      'hosts.ini': `[a]
h
[b]
h
[c]
h
[c:vars]
ansible_group_priority=10
v=c
p=c
[b:vars]
v=b
n=b
[a:vars]
v=a
n=a
p=a
d=a
[outer:children]
a
[outer:vars]
d=outer
o=outer
v=outer
`,
    },
    inventories: ['hosts.ini'],
    patterns: ['outer', 'a:b:c'],
  },
  {
    name: 'A122 localhost is there without being in all, unless it is listed',
    files: { 'a.ini': 'web1\n' },
    inventories: ['a.ini'],
    patterns: ['all', 'localhost', 'all:localhost'],
  },
  {
    name: 'A122 a listed localhost is a host like others',
    files: { 'b.ini': 'localhost ansible_connection=local k=1\nweb1\n' },
    inventories: ['b.ini'],
    patterns: ['all', 'localhost'],
  },
  {
    name: 'A123 group_vars and host_vars beside the inventory, over what it says itself',
    files: {
      'hosts.ini':
        '[web]\nw1 a=inline h=inline\nw2\n[web:vars]\na=group\nb=group\n[all:vars]\nb=all\nc=all\nd=all\n[edge:children]\nweb\n[edge:vars]\nc=edge\n',
      'group_vars/all.yml': 'b: file-all\nd: file-all\n',
      'group_vars/web': 'b: file-web\ne: file-web\n',
      'group_vars/edge.yaml': 'e: file-edge\nf: file-edge\n',
      'group_vars/ungrouped.json': '{"u": 1}',
      'host_vars/w1.yml': 'h: file\n',
      'host_vars/w2/one.yml': 'h: one\ni: one\n',
      'host_vars/w2/two.yaml': 'i: two\n',
      'host_vars/nobody.yml': 'h: nobody\n',
    },
    inventories: ['hosts.ini'],
    patterns: ['edge'],
  },
  {
    name: 'A124 A125 every form of pattern',
    files: {
      'hosts.ini':
        '[web]\nweb[1:5]\n[db]\ndb1\nweb3\n[prod]\nweb[1:2]\ndb1\n[Big]\nX1\n[k8s-master]\n192.168.208.190\n192.168.208.191\n',
    },
    inventories: ['hosts.ini'],
    patterns: [
      'all',
      '*',
      'web',
      'web1',
      'web*',
      'web?',
      'web[13]*',
      'web[!13]*',
      '~web[12]',
      '~(db|X).*',
      'web:db',
      'web,db',
      'web:&prod',
      'web:!prod',
      'web:db:&prod:!web1',
      '!prod:web',
      '!web',
      '&prod',
      'web[0]',
      'web[-1]',
      'web[1:3]',
      'web[3:]',
      'web[0]:db[0]',
      'web,!web[0]',
      'k8s-master',
      'k8s-master[0]',
      '192.168.208.*',
      'Big',
      'web1,web1,web',
      'X*:web*:!*3',
    ],
  },
]

/** What the documents of the systems have (systems.md 3.1). */
const documented: Case[] = [
  {
    name: 'S2, /etc/ansible/hosts',
    files: {
      hosts: `[masters]
10.10.10.128
10.10.10.129
10.10.10.130

[nodes]
10.10.10.131
10.10.10.132

[k8s]
10.10.10.[128:132]
`,
    },
    inventories: ['hosts'],
    patterns: ['all', 'k8s', 'masters', 'nodes', 'k8s:!masters', 'k8s[0]'],
  },
  {
    name: 'S4K, with a user and groups of groups',
    files: {
      hosts: `[k8s-master]
192.168.208.190 ansible_ssh_user=root
192.168.208.191 ansible_ssh_user=root
192.168.208.192 ansible_ssh_user=root

[k8s-worker]
192.168.208.201 ansible_ssh_user=root
192.168.208.202 ansible_ssh_user=root
192.168.208.203 ansible_ssh_user=root
192.168.208.204 ansible_ssh_user=root

[volume]
192.168.208.195 ansible_ssh_user=root

[all:children]
k8s-master
k8s-worker
volume

[k8s:children]
k8s-master
k8s-worker
`,
    },
    inventories: ['hosts'],
    patterns: ['all', 'k8s', 'k8s-master', 'volume', 'k8s:!k8s-worker', 'k8s-master[0]'],
  },
]

withAnsible('inventories mean what they mean to Ansible', (bench) => agree(cases, bench))
withAnsible('the documented inventories mean what they mean to Ansible', (bench) => agree(documented, bench))
