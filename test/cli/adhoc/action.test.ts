// What -m and -a ask for: every command of systems.md 3.3, Ansible's names and values, and what is refused.
import { describe, expect, test } from 'vitest'
import { actionOf } from '../../../engine/cli/adhoc/action.ts'
import { formatError, TsplayError } from '../../../engine/error.ts'
import { isSecret, reveal } from '../../../engine/secret.ts'

const asked = (module: string, args?: string, words: readonly string[] = []): unknown => {
  try {
    const { module: found, params } = actionOf({ module, args, words })
    return [found.name, params]
  } catch (error) {
    if (error instanceof TsplayError) return formatError(error)
    throw error
  }
}

const shell = (cmd: string) => ['shell', { cmd }]
const copy = (src: string, dest: string, more: object = {}) => ['copy', expect.objectContaining({ src, dest, ...more })]
const script = (src: string, ...args: string[]) => ['script', { src, args }]

/** Pattern and number of systems.md 3.3 with module, arguments and what comes of it. */
const documented: [row: string, module: string, args: string, expected: unknown][] = [
  [
    '1',
    'copy',
    'src=/etc/kubernetes/sa.key dest=/etc/kubernetes/cert/ force=yes',
    copy('/etc/kubernetes/sa.key', '/etc/kubernetes/cert/', { force: true }),
  ],
  [
    '2',
    'copy',
    'src=/etc/kubernetes/sa.pub dest=/etc/kubernetes/cert/ force=yes',
    copy('/etc/kubernetes/sa.pub', '/etc/kubernetes/cert/', { force: true }),
  ],
  ['3', 'shell', 'mv /etc/hosts /etc/hosts.bak', shell('mv /etc/hosts /etc/hosts.bak')],
  ['4', 'copy', 'src=/etc/hosts dest=/etc/hosts', copy('/etc/hosts', '/etc/hosts')],
  [
    '5',
    'shell',
    'systemctl stop firewalld &&  systemctl disable firewalld',
    shell('systemctl stop firewalld &&  systemctl disable firewalld'),
  ],
  [
    '6',
    'shell',
    'setenforce  0  && sed -i s/^SELINUX=enforcing/SELINUX=disabled/g /etc/sysconfig/selinux',
    shell('setenforce  0  && sed -i s/^SELINUX=enforcing/SELINUX=disabled/g /etc/sysconfig/selinux'),
  ],
  [
    '7',
    'shell',
    "swapoff -a && sed -i 's/.*swap.*/#&/' /etc/fstab",
    shell("swapoff -a && sed -i 's/.*swap.*/#&/' /etc/fstab"),
  ],
  ['8', 'script', './install_docker.sh', script('./install_docker.sh')],
  ['9', 'copy', 'src=./99-k8s.conf dest=/etc/sysctl.d/', copy('./99-k8s.conf', '/etc/sysctl.d/')],
  ['10', 'shell', 'cd /etc/sysctl.d/ && sysctl --system', shell('cd /etc/sysctl.d/ && sysctl --system')],
  ['11', 'script', './mkdir_k8s_master.sh', script('./mkdir_k8s_master.sh')],
  ['12', 'script', './mkdir_k8s_node.sh', script('./mkdir_k8s_node.sh')],
  ['13', 'copy', 'src=./ca.pem dest=/opt/etcd/ssl', copy('./ca.pem', '/opt/etcd/ssl')],
  ['14', 'copy', 'src=./server.pem dest=/opt/etcd/ssl', copy('./server.pem', '/opt/etcd/ssl')],
  ['15', 'copy', 'src=./server-key.pem dest=/opt/etcd/ssl', copy('./server-key.pem', '/opt/etcd/ssl')],
  ['16', 'copy', 'src=./etcd dest=/opt/etcd/bin mode=755', copy('./etcd', '/opt/etcd/bin', { mode: '755' })],
  ['17', 'copy', 'src=./etcdctl dest=/opt/etcd/bin mode=755', copy('./etcdctl', '/opt/etcd/bin', { mode: '755' })],
  ['18', 'copy', 'src=./etcd.sh dest=/opt/etcd/bin mode=755', copy('./etcd.sh', '/opt/etcd/bin', { mode: '755' })],
  [
    '19',
    'copy',
    'src=./bootstrap.kubeconfig dest=/opt/kubernetes/cfg',
    copy('./bootstrap.kubeconfig', '/opt/kubernetes/cfg'),
  ],
  [
    '20',
    'copy',
    'src=./kube-proxy.kubeconfig dest=/opt/kubernetes/cfg',
    copy('./kube-proxy.kubeconfig', '/opt/kubernetes/cfg'),
  ],
  ['21', 'copy', 'src=./token.csv dest=/opt/kubernetes/cfg', copy('./token.csv', '/opt/kubernetes/cfg')],
  [
    '22',
    'copy',
    'src=./kube-proxy dest=/opt/kubernetes/bin mode=755',
    copy('./kube-proxy', '/opt/kubernetes/bin', { mode: '755' }),
  ],
  [
    '23',
    'copy',
    'src=./kubelet dest=/opt/kubernetes/bin mode=755',
    copy('./kubelet', '/opt/kubernetes/bin', { mode: '755' }),
  ],
  [
    '24',
    'copy',
    'src=./flanneld dest=/opt/kubernetes/bin mode=755',
    copy('./flanneld', '/opt/kubernetes/bin', { mode: '755' }),
  ],
  [
    '25',
    'copy',
    'src=./mk-docker-opts.sh dest=/opt/kubernetes/bin mode=755',
    copy('./mk-docker-opts.sh', '/opt/kubernetes/bin', { mode: '755' }),
  ],
  [
    '26',
    'copy',
    'src=./remove-docker0.sh dest=/opt/kubernetes/bin mode=755',
    copy('./remove-docker0.sh', '/opt/kubernetes/bin', { mode: '755' }),
  ],
  [
    '27',
    'script',
    './install-flannel.sh https://10.10.10.128:2379,https://10.10.10.129:2379',
    script('./install-flannel.sh', 'https://10.10.10.128:2379,https://10.10.10.129:2379'),
  ],
  ['28', 'copy', 'src=./cni/ dest=/opt/cni/bin mode=755', copy('./cni/', '/opt/cni/bin', { mode: '755' })],
  ['29', 'script', './install-cni.sh', script('./install-cni.sh')],
  [
    '30',
    'shell',
    'systemctl start chronyd &&  systemctl enable chronyd ',
    shell('systemctl start chronyd &&  systemctl enable chronyd'),
  ],
  ['31', 'shell', 'systemctl status chronyd', shell('systemctl status chronyd')],
  ['32', 'shell', 'date', shell('date')],
  ['33', 'copy', 'src=/root/1.sh dest=/root', copy('/root/1.sh', '/root')],
  ['34', 'shell', 'chmod +x 1.sh && ./1.sh', shell('chmod +x 1.sh && ./1.sh')],
  ['35', 'shell', 'getenforce ', shell('getenforce')],
  ['36', 'shell', 'swapoff -a && sysctl -w vm.swappiness=0', shell('swapoff -a && sysctl -w vm.swappiness=0')],
  ['37', 'copy', 'src=/root/2.sh dest=/root', copy('/root/2.sh', '/root')],
  ['38', 'shell', 'ls', shell('ls')],
  ['39', 'shell', 'chmod +x 2.sh && ./2.sh', shell('chmod +x 2.sh && ./2.sh')],
  [
    '40',
    'shell',
    'curl -sSL https://get.daocloud.io/daotools/set_mirror.sh | sh -s http://f1361db2.m.daocloud.io ',
    shell('curl -sSL https://get.daocloud.io/daotools/set_mirror.sh | sh -s http://f1361db2.m.daocloud.io'),
  ],
  [
    '41',
    'shell',
    'systemctl daemon-reload  && systemctl restart docker ',
    shell('systemctl daemon-reload  && systemctl restart docker'),
  ],
  ['42', 'shell', 'sysctl -a |grep bridge', shell('sysctl -a |grep bridge')],
  ...[
    'soft nofile 65536',
    'hard nofile 65536',
    'soft nproc 65536',
    'hard nproc 65536',
    'soft memlock unlimited',
    'hard memlock unlimited',
  ].map((limit, index): [string, string, string, unknown] => [
    `${43 + index}, which would write nothing (B15)`,
    'command',
    `echo "* ${limit}" >> /etc/security/limits.conf`,
    expect.stringMatching(/^command: parameter 'cmd': '>' means .*shell/s),
  ]),
  ['49', 'yum', 'name=keepalived state=installed', ['package', { name: 'keepalived', state: 'present' }]],
  [
    '50',
    'shell',
    'systemctl enable keepalived && systemctl start keepalived',
    shell('systemctl enable keepalived && systemctl start keepalived'),
  ],
  ['51', 'shell', 'systemctl status keepalived', shell('systemctl status keepalived')],
  ['52', 'shell', 'ip ad', shell('ip ad')],
  ['53', 'yum', 'name=haproxy state=installed', ['package', { name: 'haproxy', state: 'present' }]],
  [
    '54',
    'shell',
    'cp /etc/haproxy/haproxy.cfg /etc/haproxy/haproxy.cfg.bk',
    shell('cp /etc/haproxy/haproxy.cfg /etc/haproxy/haproxy.cfg.bk'),
  ],
  [
    '55',
    'shell',
    'systemctl enable haproxy && systemctl start haproxy ',
    shell('systemctl enable haproxy && systemctl start haproxy'),
  ],
  ['56', 'shell', 'systemctl status haproxy', shell('systemctl status haproxy')],
  ['57', 'shell', 'ss -lnt | grep -E "16443|1080"', shell('ss -lnt | grep -E "16443|1080"')],
  ['58', 'shell', 'yum -y install docker-ce ', shell('yum -y install docker-ce')],
  [
    '59',
    'shell',
    'systemctl start docker && systemctl enable docker',
    shell('systemctl start docker && systemctl enable docker'),
  ],
  ['60', 'shell', 'systemctl status', shell('systemctl status')],
  ['61', 'shell', 'systemctl status docker', shell('systemctl status docker')],
  ['62', 'shell', 'iptables -P FORWARD ACCEPT', shell('iptables -P FORWARD ACCEPT')],
  ['63', 'shell', 'yum install -y kubelet-1.13.4-0', shell('yum install -y kubelet-1.13.4-0')],
  [
    '64',
    'shell',
    'systemctl enable kubelet && systemctl start kubelet',
    shell('systemctl enable kubelet && systemctl start kubelet'),
  ],
  ['65', 'shell', 'systemctl status kubelet', shell('systemctl status kubelet')],
  ['66', 'shell', 'yum install -y kubeadm-1.13.4-0', shell('yum install -y kubeadm-1.13.4-0')],
]

describe('every ad-hoc command of the documents (A141) is taken, or refused with a reason', () => {
  test('all 66 of them', () => {
    expect(documented.map(([row]) => Number.parseInt(row, 10))).toEqual(
      Array.from({ length: 66 }, (_, index) => index + 1),
    )
  })

  test.each(documented)('row %s: -m %s -a %j', (_row, module, args, expected) => {
    expect(asked(module, args)).toEqual(expected)
  })
})

describe('Ansible’s names and values are understood', () => {
  test.each<[string, string, unknown]>([
    [
      'lineinfile',
      "path=/etc/x regexp='^a=' line='a = 1' create=yes",
      ['lineInFile', { path: '/etc/x', regexp: '^a=', line: 'a = 1', create: true }],
    ],
    [
      'lineinfile',
      'dest=/etc/x state=absent regex=^a insertafter=EOF',
      ['lineInFile', { path: '/etc/x', regexp: '^a', state: 'absent', insertAfter: 'EOF' }],
    ],
    ['ansible.builtin.lineinfile', 'path=/etc/x line=a', ['lineInFile', { path: '/etc/x', line: 'a' }]],
    [
      'lineInFile',
      'path=/etc/x line=a insertAfter=EOF',
      ['lineInFile', { path: '/etc/x', line: 'a', insertAfter: 'EOF' }],
    ],
    [
      'blockinfile',
      'path=/etc/x block="a b"',
      ['blockInFile', { path: '/etc/x', block: 'a b', marker: '# {mark} ANSIBLE MANAGED BLOCK' }],
    ],
    ['blockInFile', 'path=/etc/x block=a', ['blockInFile', { path: '/etc/x', block: 'a' }]],
    [
      'replace',
      "path=/etc/x regexp='(a)b' replace='\\1c'",
      ['replace', { path: '/etc/x', regexp: '(a)b', replace: '$1c' }],
    ],
    [
      'file',
      'path=/srv/a state=directory mode=0755 owner=root',
      ['directory', { path: '/srv/a', mode: '0755', owner: 'root' }],
    ],
    ['file', 'dest=/srv/a state=touch', ['file', { path: '/srv/a', state: 'touch' }]],
    ['file', 'path=/srv/a state=absent', ['file', { path: '/srv/a', state: 'absent' }]],
    ['file', 'src=/srv/a dest=/srv/b state=link', ['link', { path: '/srv/b', target: '/srv/a' }]],
    ['yum', 'name=nginx,curl state=removed', ['package', { name: ['nginx', 'curl'], state: 'absent' }]],
    ['dnf', 'name=nginx', ['package', { name: 'nginx' }]],
    [
      'apt',
      'name=nginx update_cache=yes cache_valid_time=3600',
      ['apt', { name: 'nginx', updateCache: true, cacheValidTime: 3600 }],
    ],
    [
      'service',
      'name=nginx state=running enabled=yes',
      ['service', { name: 'nginx', state: 'started', enabled: true }],
    ],
    ['systemd', 'daemon_reload=yes', ['command', { cmd: ['systemctl', '--system', 'daemon-reload'] }]],
    ['sysctl', 'name=vm.swappiness value=0', ['sysctl', { name: 'vm.swappiness', value: '0' }]],
    [
      'user',
      'name=ops groups=adm,sudo append=yes uid=1001',
      ['user', { name: 'ops', groups: ['adm', 'sudo'], append: true, uid: 1001 }],
    ],
    ['group', 'name=ops gid=1001 system=no', ['group', { name: 'ops', gid: 1001, system: false }]],
    ['hostname', 'name=web1', ['hostname', { name: 'web1' }]],
    ['community.general.timezone', 'name=Europe/Berlin', ['timezone', { name: 'Europe/Berlin' }]],
    [
      'modprobe',
      'name=br_netfilter state=present',
      ['kernelModule', { name: 'br_netfilter', state: 'present', persistent: false }],
    ],
    ['wait_for', 'port=22 timeout=5', ['waitFor', { port: 22, timeout: 5 }]],
    [
      'wait_for',
      'path=/var/log/x search_regex="is (?P<state>ready)" sleep=2 connect_timeout=3 msg=late state=started',
      [
        'waitFor',
        {
          path: '/var/log/x',
          searchRegex: 'is (?P<state>ready)',
          interval: 2,
          connectTimeout: 3,
          message: 'late',
          state: 'present',
        },
      ],
    ],
    [
      'wait_for',
      'port=80 state=drained exclude_hosts=10.0.0.2,10.0.0.3 active_connection_states=ESTABLISHED',
      [
        'waitFor',
        {
          port: 80,
          state: 'drained',
          host: '127.0.0.1',
          excludeHosts: ['10.0.0.2', '10.0.0.3'],
          activeConnectionStates: ['ESTABLISHED'],
        },
      ],
    ],
    ['wait_for', 'port=80 host=0.0.0.0 state=drained', ['waitFor', { port: 80, state: 'drained', host: undefined }]],
    ['fail', "msg='not today'", ['fail', { message: 'not today' }]],
    ['pause', 'minutes=1', ['pause', { minutes: 1 }]],
    [
      'assert',
      'that=yes fail_msg=no success_msg=fine quiet=yes',
      ['assert', { that: true, failMessage: 'no', successMessage: 'fine' }],
    ],
    ['debug', 'msg=x verbosity=2', ['debug', { message: 'x', verbosity: 2 }]],
    [
      'expect',
      '{"command": "passwd alice", "responses": {"(?i)password": "x", "Sure": ["no", "yes"]}, "echo": true, "timeout": 5}',
      [
        'expect',
        { cmd: 'passwd alice', responses: { '(?i)password': 'x', Sure: ['no', 'yes'] }, echo: true, timeout: 5 },
      ],
    ],
    [
      'command',
      'stdin=a stdin_add_newline=no strip_empty_ends=no removes=/x/*.pem cat',
      ['command', { cmd: 'cat', stdin: 'a', stdinAddNewline: false, stripEmptyEnds: false, removes: '/x/*.pem' }],
    ],
    ['shell', 'executable=/bin/bash warn=no echo', ['shell', { cmd: 'echo', executable: '/bin/bash' }]],
    ['raw', 'executable=/bin/bash echo', ['raw', { cmd: 'echo', executable: '/bin/bash' }]],
    ['ping', '', ['ping', {}]],
    ['debug', "msg='hello there'", ['debug', { message: 'hello there' }]],
    ['setup', '', ['facts', {}]],
    ['command', 'creates=/x touch /x', ['command', { cmd: 'touch /x', creates: '/x' }]],
    ['shell', 'echo a=b chdir=/tmp', ['shell', { cmd: 'echo a=b', chdir: '/tmp' }]],
    ['raw', 'uptime', ['raw', { cmd: 'uptime' }]],
    ['script', "./x.sh 'a b' c creates=/x", ['script', { src: './x.sh', args: ['a b', 'c'], creates: '/x' }]],
    [
      'copy',
      '{"content": "a b\\n", "dest": "/x", "mode": "0600"}',
      ['copy', expect.objectContaining({ content: 'a b\n', dest: '/x', mode: '0600' })],
    ],
    ['directory', 'path=/srv/x', ['directory', { path: '/srv/x' }]],
  ])('-m %s -a %j', (module, args, expected) => {
    expect(asked(module, args)).toEqual(expected)
  })

  test('a password becomes a secret', () => {
    const [, { password }] = asked('user', "name=ops password='$6$x$y'") as [string, { password: string }]
    expect([isSecret(password), reveal(password)]).toEqual([true, '$6$x$y'])
  })

  test('words behind -- are those of a command', () => {
    expect(asked('command', undefined, ['echo', 'a b', '*'])).toEqual(['command', { cmd: ['echo', 'a b', '*'] }])
    expect(asked('shell', undefined, ['ls', '|', 'wc'])).toEqual(shell('ls | wc'))
    expect(asked('raw', undefined, ['ls', '|', 'wc'])).toEqual(['raw', { cmd: 'ls | wc' }])
    expect(asked('script', undefined, ['./x.sh', 'a b'])).toEqual(script('./x.sh', 'a b'))
  })
})

describe('what is refused', () => {
  test.each<[string, string | undefined, string]>([
    ['copyy', '', "-m copyy: there is no such module\n  hint: did you mean 'copy'?"],
    ['amazon.aws.ec2', '', '-m amazon.aws.ec2: there are no modules of the collection amazon.aws'],
    ['constructor', '', '-m constructor: there is no such module'],
    ['copy', 'src=a', 'copy: '],
    ['copy', 'src=a dest=/x moed=0644', "copy: unknown parameter 'moed'\n  hint: did you mean 'mode'?"],
    ['copy', 'src=a dest=/x remote_src=yes', "copy: parameter 'src': with remoteSrc, give the absolute path"],
    ['copy', 'src=a dest=/x mode=9x', "copy: parameter 'mode'"],
    ['copy', 'src', 'copy: "src" is not name=value'],
    ['copy', "src='a dest=/x", 'copy: the quote at character 5 of -a is not closed'],
    ['copy', 'src=a src=b dest=/x', "copy: 'src' is given twice"],
    ['copy', 'content={{ x }} dest=/x', "copy: '{{ x }}' is a template"],
    ['copy', '{"src": ', 'copy: '],
    ['systemd', 'name=nginx state=flying', "systemd: parameter 'state'"],
    ['systemd', 'name=nginx enabled=maybe', "systemd: parameter 'enabled'"],
    ['command', undefined, 'exec: what should be run?'],
    ['raw', 'creates=/x echo', "raw: 'creates': raw sends a text and nothing else\n  hint: -m shell"],
    ['expect', 'command=passwd responses=x', 'expect: responses are questions with their answers, which need JSON'],
    ['wait_for', 'path=/x search_regex=a(?=b)', "waitFor: parameter 'searchRegex': what stands around a match"],
    ['command', '', 'exec: what should be run?'],
    ['command', 'ls *.txt', 'command: '],
    ['template', 'src=a.j2 dest=/x', "template: 'a.j2' looks like Jinja"],
  ])('-m %s -a %j', (module, args, message) => {
    const found = asked(module, args)
    expect(typeof found === 'string' ? found.slice(0, message.length) : found).toBe(message)
  })

  test('arguments both ways', () => {
    expect(asked('command', 'date', ['date'])).toMatch(
      /^exec: 'date' stands behind the pattern, and -a is there as well/,
    )
    expect(asked('copy', undefined, ['src=a'])).toMatch(/^exec: copy takes arguments with names/)
  })
})
