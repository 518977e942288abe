import { describe, expect, it } from 'vitest'
import { type LabSpec, machineLacks } from '../../engine/lab/lab.ts'
import { sh } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import {
  apt,
  authorizedKey,
  cron,
  getent,
  group,
  knownHosts,
  mount,
  opensshKeypair,
  pamLimits,
  sudoers,
  user,
} from '../../modules/index.ts'
import { oneHost } from './one-host.ts'

const lacks = await machineLacks()
const here = it.skipIf(lacks)

const spec: LabSpec = { name: 'maccounts', subnet: '10.96.0.0/24', hosts: [{ name: 'one', address: '10.96.0.11' }] }
const { run, converge } = oneHost(spec, lacks)

const ok = { output: { code: 0 } }
const nothing = { changed: [] }
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILhQkVxbTcQdDoGSdMnHFrmfvHCMA+QpFlQHMT2uPyEq'
const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM3LVZ8l7UPpUyBZPcFsC5bnZ7p9WwPqS0n6Y2aBQkqN'

describe(lacks ? `accounts on a real host (skipped: ${lacks})` : 'accounts on a real host', () => {
  here('a user gets an expiry, an age, a locked password and a key, and keeps what was given (M14, B20)', async () => {
    const hash = (await run(sh`openssl passwd -6 -salt abc word`)).stdout
    const params = { name: 'ann', password: secret(hash), passwordLock: true, expires: '2031-01-31' } as const
    const made = await converge(
      user({ ...params, passwordExpireMax: 90, passwordExpireMin: 1, passwordExpireWarn: 5, umask: '0027' }),
    )
    expect(made).toMatchObject(ok)
    expect(made.result).toMatchObject({ uid: 1000, gid: 1000, home: '/home/ann', shell: expect.stringMatching(/^\//) })
    const shadow = async () => (await run(sh`getent shadow ann`)).stdout.split(':')
    const [, locked, , min, max, warn, , expires] = await shadow()
    expect([locked, min, max, warn, expires]).toEqual([
      `!${hash}`,
      '1',
      '90',
      '5',
      String(Date.parse('2031-01-31') / 86_400_000),
    ])
    expect((await run(sh`stat -c '%a %U:%G' /home/ann; ls -A /home/ann | head -n 1`)).stdout).toMatch(
      /^750 ann:ann\n\./,
    )
    expect(await converge(user({ ...params, updatePassword: 'always', passwordExpireMin: 1 }))).toMatchObject(nothing)
    expect(await converge(user({ name: 'ann', passwordLock: false, expires: 'never' }))).toMatchObject({
      changed: ['passwordLock', 'expires'],
      ...ok,
    })
    expect([(await shadow())[1], (await shadow())[7]]).toEqual([hash, ''])
    const withKey = await converge(
      user({ name: 'ann', generateSshKey: true, sshKeyComment: "ann's", sshKeyPassphrase: secret('a b') }),
    )
    expect(withKey).toMatchObject({ changed: ['sshKey'], ...ok })
    const pub = (await run(sh`cat /home/ann/.ssh/id_ed25519.pub`)).stdout
    expect(withKey.result).toMatchObject({ sshPublicKey: pub, sshFingerprint: expect.stringMatching(/^SHA256:/) })
    expect(
      (
        await run(
          sh`stat -c '%a %U' /home/ann/.ssh /home/ann/.ssh/id_ed25519; cut -d' ' -f3- /home/ann/.ssh/id_ed25519.pub`,
        )
      ).stdout,
    ).toBe("700 ann\n600 ann\nann's")
    expect(await converge(user({ name: 'ann', generateSshKey: true, sshKeyType: 'ed25519' }))).toMatchObject({
      ...nothing,
      result: { sshPublicKey: pub },
    })
  })

  here('a home folder is made where it is missing, and moves where it is told to (M14)', async () => {
    await run(sh`rm -r /home/ann/.ssh; echo x > /home/ann/mine`)
    expect(await converge(user({ name: 'ann', home: '/srv/homes/ann', moveHome: true }))).toMatchObject({
      changed: ['home', 'homeFolder'],
      ...ok,
    })
    expect((await run(sh`cat /srv/homes/ann/mine; ls -d /home/ann`)).stdout).toBe('x')
    await run(sh`rm -r /srv/homes/ann`)
    expect(await converge(user({ name: 'ann', createHome: false }))).toMatchObject(nothing)
    expect(await converge(user({ name: 'ann' }))).toMatchObject({ changed: ['homeFolder'], ...ok })
    expect((await run(sh`stat -c '%a %U:%G' /srv/homes/ann /srv/homes/ann/.profile`)).stdout).toBe(
      '755 ann:ann\n644 ann:ann',
    )
    await expect(converge(user({ name: 'ann', groups: ['no-such'] }))).rejects.toThrow('the host has no group no-such')
  })

  here('numbers may be shared where that is asked for (M14)', async () => {
    expect(await converge(group({ name: 'twins', gid: 1000, nonUnique: true, local: true }))).toMatchObject({
      ...ok,
      result: { gid: 1000 },
    })
    expect(
      await converge(user({ name: 'bob', uid: 1000, nonUnique: true, group: 'twins', local: true })),
    ).toMatchObject(ok)
    expect((await run(sh`id -u bob; groupdel twins`)).stdout).toBe('1000')
    expect(await converge(user({ name: 'bob', state: 'absent', remove: true, force: true }))).toMatchObject(ok)
    expect(await converge(group({ name: 'twins', state: 'absent', force: true }))).toMatchObject(ok)
  })

  here('keys let users in, whoever they are and wherever they live (M14)', async () => {
    expect(await converge(authorizedKey({ user: 'ann', key: [key, `${other} two`] }))).toMatchObject(ok)
    const file = '/srv/homes/ann/.ssh/authorized_keys'
    expect((await run(sh`stat -c '%a %U:%G' /srv/homes/ann/.ssh ${file}; cat ${file}`)).stdout).toBe(
      `700 ann:ann\n600 ann:ann\n${key}\n${other} two`,
    )
    await run(sh`chmod 0777 /srv/homes/ann/.ssh; chown root ${file}`)
    expect(await converge(authorizedKey({ user: 'ann', key, options: 'no-pty', exclusive: true }))).toMatchObject({
      changed: ['folderMode', 'content', 'owner'],
      ...ok,
      result: { path: file },
    })
    expect((await run(sh`cat ${file}`)).stdout).toBe(`no-pty ${key}`)
    expect(await converge(authorizedKey({ user: 'ann', key, state: 'absent' }))).toMatchObject(ok)
    // whose home it is could let root hand him any folder
    await run(sh`rm -r /srv/homes/ann/.ssh; ln -s /etc /srv/homes/ann/.ssh`)
    await expect(converge(authorizedKey({ user: 'ann', key }))).rejects.toThrow('/srv/homes/ann/.ssh is a link')
    await expect(converge(knownHosts({ name: 'a', user: 'ann', key }))).rejects.toThrow('/srv/homes/ann/.ssh is a link')
    await run(sh`rm /srv/homes/ann/.ssh`)
    await expect(converge(authorizedKey({ user: 'nobody-here', key }))).rejects.toThrow(
      'the host has no user nobody-here',
    )
  })

  here('a pair of keys is made once, and ssh knows hosts (M15, B22)', async () => {
    const path = '/root/.ssh/id_lab'
    const pair = await converge(opensshKeypair({ path, comment: 'lab' }))
    expect(pair).toMatchObject({ ...ok, result: { publicKey: expect.stringMatching(/^ssh-ed25519 \S+ lab$/) } })
    expect(await converge(opensshKeypair({ path, type: 'rsa', size: 3072 }))).toMatchObject(nothing)
    expect(await converge(opensshKeypair({ path, state: 'absent' }))).toMatchObject(ok)
    expect(await converge(knownHosts({ name: '[git.lab]:2222', key, user: 'ann' }))).toMatchObject(ok)
    expect(
      (
        await run(
          sh`stat -c %U /srv/homes/ann/.ssh/known_hosts; ssh-keygen -F '[git.lab]:2222' -f /srv/homes/ann/.ssh/known_hosts | tail -n 1`,
        )
      ).stdout,
    ).toBe(`ann\n[git.lab]:2222 ${key}`)
    const hashed = knownHosts({ name: 'git.lab', key, path: '/etc/ssh/ssh_known_hosts', hashHost: true })
    expect(await converge(hashed)).toMatchObject(ok)
    expect((await run(sh`ssh-keygen -F git.lab -f /etc/ssh/ssh_known_hosts`)).code).toBe(0)
    expect(
      await converge(knownHosts({ name: 'git.lab', path: '/etc/ssh/ssh_known_hosts', state: 'absent' })),
    ).toMatchObject(ok)
  })

  here('sudo believes what sudoers has written, and cron runs what it is told (M15)', async () => {
    const rule = { name: '90-ann', user: 'ann', commands: '/usr/bin/id', runas: 'root' }
    const lost = await converge(sudoers(rule))
    if (lost.output?.code !== 0) expect(lost.output?.stderr).toContain('the host has no visudo: install sudo first')
    expect(await converge(apt({ name: ['sudo', 'cron'], installRecommends: false }))).toMatchObject(ok)
    if (lost.output?.code !== 0) expect(await converge(sudoers(rule))).toMatchObject(ok)
    expect(
      (
        await run(
          sh`su ann -s /bin/sh -c 'sudo -n /usr/bin/id -u'; su ann -s /bin/sh -c 'sudo -n /bin/true' 2>/dev/null || echo no`,
        )
      ).stdout,
    ).toBe('0\nno')
    expect(await converge(sudoers({ name: '90-ann', state: 'absent' }))).toMatchObject(ok)

    expect(
      await converge(cron({ name: 'nightly', user: 'ann', hour: 3, minute: 0, job: "echo 'a' \\%" })),
    ).toMatchObject(ok)
    expect(await converge(cron({ name: 'MAILTO', user: 'ann', env: true, job: 'ann', backup: true }))).toMatchObject({
      output: { code: 0, stdout: expect.stringMatching(/^backup=.*\/crontab\./) },
    })
    expect((await run(sh`crontab -u ann -l`)).stdout).toBe('MAILTO="ann"\n# tsplay: nightly\n0 3 * * * echo \'a\' \\%')
    expect(await converge(cron({ name: 'nightly', user: 'ann', state: 'absent' }))).toMatchObject(ok)
    expect(await converge(cron({ name: 'here', job: 'true' }))).toMatchObject(ok)
    expect((await run(sh`crontab -u root -l`)).stdout).toContain('* * * * * true')
    expect(await converge(cron({ name: 'here', user: 'root', state: 'absent' }))).toMatchObject(ok)
    await expect(converge(cron({ name: 'x', user: 'nobody-here', job: 'true' }))).rejects.toThrow(
      /unknown|does not exist/,
    )
    expect(
      await converge(cron({ name: 'daily', user: 'ann', cronFile: 'ann', specialTime: 'daily', job: 'true' })),
    ).toMatchObject(ok)
    expect((await run(sh`cat /etc/cron.d/ann`)).stdout).toBe('# tsplay: daily\n@daily ann true')
    expect(await converge(cron({ name: 'daily', cronFile: 'ann', state: 'absent' }))).toMatchObject(ok)
    expect((await run(sh`ls /etc/cron.d/ann`)).code).not.toBe(0)
  })

  here('file systems are mounted, remounted, bound and let go (M15)', async () => {
    const path = '/mnt/a b'
    const tmpfs = { path, src: 'tmpfs', fstype: 'tmpfs', opts: 'size=1m,noexec,x-initrd.mount' }
    await run(sh`[ -e /etc/fstab ] || : > /etc/fstab; cp /etc/fstab /run/fstab`)
    expect(await converge(mount(tmpfs))).toMatchObject({
      changed: expect.arrayContaining(['fstab', 'folder', 'mounted']),
      ...ok,
    })
    const shown = async (at = path) => (await run(sh`findmnt -n -o FSTYPE,OPTIONS -- ${at}`)).stdout
    expect(await shown()).toMatch(/^tmpfs +.*noexec.*size=1024k/)
    expect((await run(sh`tail -n 1 /etc/fstab`)).stdout).toBe(
      'tmpfs /mnt/a\\040b tmpfs size=1m,noexec,x-initrd.mount 0 0',
    )
    expect(await converge(mount({ ...tmpfs, opts: 'size=2m,noexec' }))).toMatchObject({ changed: ['fstab'], ...ok })
    expect(await shown()).toMatch(/size=2048k/)
    await run(sh`mount -o remount,exec ${path}`)
    expect(await converge(mount({ ...tmpfs, opts: 'size=2m,noexec' }))).toMatchObject({ changed: ['flags'], ...ok })
    expect(await converge(mount({ path, state: 'remounted', opts: 'ro' }), { settles: false })).toMatchObject(ok)
    expect(await shown()).toMatch(/\bro\b/)
    expect(await converge(mount({ path, state: 'unmounted' }))).toMatchObject({ changed: ['mounted'], ...ok })
    expect(await converge(mount({ path, state: 'absent' }))).toMatchObject({ changed: ['fstab'], ...ok })
    expect((await run(sh`ls -d ${path}; cmp /etc/fstab /run/fstab`)).stdout).toBe('')

    await run(sh`mkdir -p /srv/data; echo x > /srv/data/x; ln -sfn /mnt /srv/mnt`)
    const bind = { path: '/srv/mnt/bound', src: '/srv/data', opts: 'bind', state: 'ephemeral' } as const
    expect(await converge(mount(bind))).toMatchObject(ok)
    expect((await run(sh`cat /mnt/bound/x`)).stdout).toBe('x')
    expect(await converge(mount({ ...bind, path: '/mnt/bound' }))).toMatchObject(nothing)
    expect(await converge(mount({ ...bind, opts: 'bind,ro' }))).toMatchObject({ changed: ['flags'], ...ok })
    expect((await run(sh`: > /mnt/bound/x`)).code).not.toBe(0)
    expect(await converge(mount({ ...bind, src: '/srv/homes' }))).toMatchObject({ changed: ['src'], ...ok })
    expect(await converge(mount({ path: bind.path, state: 'absent' }))).toMatchObject({ changed: ['mounted'], ...ok })
  })

  here('limits are set, and databases looked up', async () => {
    expect(await converge(pamLimits({ domain: 'ann', type: '-', item: 'nofile', value: 4321 }))).toMatchObject(ok)
    expect((await run(sh`cat /etc/security/limits.d/90-tsplay.conf; su - ann -s /bin/sh -c 'ulimit -n'`)).stdout).toBe(
      'ann\t-\tnofile\t4321\n4321',
    )
    expect(await converge(pamLimits({ domain: 'ann', type: '-', item: 'nofile', state: 'absent' }))).toMatchObject(ok)
    expect((await converge(getent({ database: 'passwd', key: 'ann' }))).result).toMatchObject({
      entries: [{ key: 'ann', fields: expect.arrayContaining(['/srv/homes/ann']) }],
    })
    expect(await converge(user({ name: 'ann', state: 'absent', remove: true }))).toMatchObject(ok)
    expect((await run(sh`id ann; ls -d /srv/homes/ann`)).stdout).toBe('')
  })
})
