// Variables of what every host is and has, whatever it is for.
import { z } from 'tsplay'
import { type Manager, managers } from '../roles/network-static/managers.ts'
import { served } from '../roles/preflight/problems.ts'
import { absolutePath, cidr, ipv4Address, packagesByFamily, secretText } from './shapes.ts'

const managerNames = Object.keys(managers) as Manager[]

const distributions = Object.keys(served) as (keyof typeof served)[]

const word = z.string().regex(/^\S+$/)

const locales = z.record(z.string(), z.string().nullable()).default({})

export const hostVars = {
  os: z
    .strictObject({
      id: z.enum(distributions).describe('ID in /etc/os-release'),
      version: z
        .string()
        .regex(/^\d+(\.\d+)*$/, { error: "expected a version, such as '7' or '20.04'" })
        .exactOptional()
        .describe('VERSION_ID in /etc/os-release; Ubuntu has two numbers'),
      arch: z.enum(['x86_64', 'aarch64']).default('x86_64').describe('`uname -m`'),
    })
    .optional()
    .describe('what the hosts run, so that all is known before one is asked; default: what each says of itself'),
  minimum: z
    .strictObject({
      cpus: z.int().positive().exactOptional().describe("processors; default: 2 for kubeadm's masters"),
      memoryMb: z.int().positive().exactOptional().describe("memory in MiB; default: 1700 for kubeadm's masters"),
      diskMb: z
        .record(absolutePath, z.int().positive())
        .exactOptional()
        .describe('MiB that must be free for a folder; default: 2048 where images lie'),
    })
    .prefault({})
    .describe('the least that a host must have'),
  preflight: z
    .strictObject({
      distinct: z
        .array(z.enum(['hostname', 'machineId', 'productUuid', 'macs']))
        .default(['hostname', 'machineId', 'productUuid', 'macs'])
        .describe(
          'what no two hosts may share, names as the inventory has them; containers share the uuid of their machine',
        ),
      maxSkew: z
        .number()
        .positive()
        .default(5)
        .describe('seconds by which clocks may differ; unchecked where `time` is kept'),
    })
    .prefault({})
    .describe('what is looked at before anything is changed'),
  staticNetwork: z
    .strictObject({
      interface: z.string().min(1).default('eth0').describe('name of the interface'),
      prefix: z.int().min(1).max(32).describe("bits of the hosts' network"),
      gateway: ipv4Address.exactOptional().describe('router of that network'),
      dns: z.array(ipv4Address).default([]).describe('name servers'),
      activate: z.boolean().default(false).describe('at once, which may cut the connection; else at the next boot'),
      manager: z
        .enum(managerNames)
        .exactOptional()
        .describe('who brings the network up; default: the one that the distribution comes with'),
      networkManager: z
        .enum(['keep', 'off'])
        .default('keep')
        .describe('on RHEL 7: `off` enables the service `network`, and disables NetworkManager then'),
    })
    .optional()
    .describe("the hosts' addresses as files of their own; default: whoever brings the network up goes on doing so"),
  servicesOff: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'services besides firewalls that are stopped and disabled: dnsmasq, whose 127.0.0.1 no container can reach',
    ),
  liveSwapOff: z
    .boolean()
    .default(true)
    .describe('turn off swap that is in use, too; false where hosts share their kernel with others'),
  timezone: z
    .string()
    .min(1)
    .optional()
    .describe('time zone of every host, a name of the tz database; default: whichever each has'),
  hardwareClock: z
    .enum(['UTC', 'local'])
    .optional()
    .describe("what the clock of a host's board runs by, where `timezone` is given; default: whatever it runs by"),
  locale: z
    .strictObject({ debian: locales, redhat: locales })
    .prefault({})
    .describe('locales of new sessions, by family of distributions and category: LC_TIME; null takes one away'),
  time: z
    .strictObject({
      upstreams: z
        .array(z.string().min(1))
        .min(1)
        .default(['ntp.aliyun.com', 'time1.cloud.tencent.com', 'ntp.tuna.tsinghua.edu.cn'])
        .describe('servers of the world'),
      servers: z
        .enum(['masters', 'lb', 'volume'])
        .exactOptional()
        .describe('group whose hosts give the time to all others; default: every host asks the world'),
      allow: z
        .array(cidr('172.31.0.0/21'))
        .default([])
        .describe(
          "networks that may ask these servers; default: `network.hosts`, else the servers' clients one by one",
        ),
      setsClock: z.boolean().default(true).describe('false in containers, whose clock is that of the machine'),
    })
    .optional()
    .describe('chrony on every host; default: clocks are left to whoever keeps them'),
  limits: z
    .array(z.strictObject({ domain: word, type: z.enum(['soft', 'hard', '-']), item: word, value: word }))
    .default([])
    .describe('limits of login sessions, as in limits.conf(5); default: those that hosts have'),
  accounts: z
    .array(
      z.strictObject({
        name: word,
        comment: z.string().exactOptional(),
        home: absolutePath.exactOptional(),
        shell: absolutePath.exactOptional(),
        groups: z.array(word).exactOptional().describe('groups besides its own; made where they are missing'),
        password: secretText.exactOptional().describe("the password's crypt(3) hash; default: no login by password"),
        keys: z.array(z.string().min(1)).exactOptional().describe('public ssh keys that let it in'),
        sudo: z
          .union([z.literal(true), z.array(absolutePath)])
          .exactOptional()
          .describe('commands that it may run as root; true: all'),
      }),
    )
    .default([])
    .describe('accounts of every host'),
  sshKeys: z
    .strictObject({
      users: z.array(word).default(['root']).describe("accounts that this machine's key lets in"),
      between: z.array(word).default([]).describe('accounts that log in from every host to every other'),
      controlKey: absolutePath.exactOptional().describe("this machine's private key; default: ~/.ssh/id_ed25519"),
    })
    .optional()
    .describe('keys instead of passwords, made where they are missing; default: whatever lets in now'),
  basePackages: packagesByFamily(['curl', 'jq', 'psmisc', 'sysstat'], ['curl', 'jq', 'psmisc', 'sysstat'])
    .prefault({})
    .describe('packages that every host has, by family of distributions'),
}
