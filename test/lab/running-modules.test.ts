import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type LabSpec, machineLacks } from '../../engine/lab/lab.ts'
import { sh } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import { expect as answered, command, pingHost, raw, script, shell, waitFor } from '../../modules/index.ts'
import { oneHost } from './one-host.ts'

const lacks = await machineLacks()
const here = it.skipIf(lacks)

const spec: LabSpec = { name: 'mrunning', subnet: '10.97.0.0/24', hosts: [{ name: 'one', address: '10.97.0.11' }] }
const { run, converge, folder } = oneHost(spec, lacks)

const ok = { output: { code: 0 } }
const nothing = { changed: [], output: undefined }
const always = { settles: false }

describe(lacks ? `what runs, on a real host (skipped: ${lacks})` : 'what runs, on a real host', () => {
  here('command runs once where creates says so, by a pattern as well, and tells what it printed (M16)', async () => {
    const certificate = command({
      cmd: [
        'openssl',
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-subj',
        '/CN=a b',
        '-keyout',
        'k',
        '-out',
        'c.crt',
      ],
      chdir: '/etc/ssl',
      creates: '/etc/ssl/*.crt',
    })
    expect(await converge(certificate, always)).toMatchObject({ changed: ['done'], ...ok })
    expect(await converge(certificate)).toMatchObject(nothing)
    const subject = command({ cmd: 'openssl x509 -noout -subject -in /etc/ssl/c.crt', removes: '/etc/ssl/*.crt' })
    expect((await converge(subject, always)).result).toMatchObject({ code: 0, stdoutLines: ['subject=CN = a b'] })
    await run(sh`rm /etc/ssl/c.crt /etc/ssl/k`)
    expect(await converge(subject)).toMatchObject({ ...nothing, result: { skipped: true } })
  })

  here('shell, raw and stdin do what the host’s own shells do (M16)', async () => {
    const piped = shell({
      cmd: 'read -r a; echo "$a" | tr a-z A-Z; echo no >&2; exit 3',
      stdin: secret('from the input'),
    })
    expect((await converge(piped, always)).result).toMatchObject({ code: 3, stdout: 'FROM THE INPUT', stderr: 'no' })
    expect((await converge(raw({ cmd: 'echo $((6 * 7)); id -un' }), always)).result).toMatchObject({
      stdout: '42\nroot',
    })
    const arrays = shell({ cmd: 'a=(x y); echo "${a[1]}" "$PWD"', executable: '/bin/bash', chdir: '/var/log' })
    expect((await converge(arrays, always)).result).toMatchObject({ stdout: 'y /var/log' })
  })

  here('script brings a script, runs it by its first line and takes it away again (M16)', async () => {
    writeFileSync(
      path.join(folder, 'where.pl'),
      '#!/usr/bin/perl -w\nprint "$0|@ARGV\\n"; open F, ">", "/run/ran"; exit 4;\n',
    )
    const where = script({ src: 'where.pl', args: ['a b', '$(id)'], creates: '/run/ran' })
    const { result } = await converge(where, always)
    expect(result).toMatchObject({ code: 4, stdout: expect.stringMatching(/^\/tmp\/.*\/where\.pl\|a b \$\(id\)$/) })
    expect(await converge(where)).toMatchObject(nothing)
    expect((await run(sh`rm /run/ran; ls -d /tmp/tsplay-* 2>/dev/null | wc -l`)).stdout).toBe('0')
  })

  here('expect sets a password by passwd, which reads from a terminal only (M16)', async () => {
    await run(sh`useradd -M asked`)
    const password = secret('Correct horse 9!')
    const passwd = answered({
      cmd: 'passwd asked',
      responses: { '(?i)new password:': password, '(?i)retype': password },
    })
    expect(await converge(passwd, always)).toMatchObject(ok)
    const check = sh`perl -e ${'my @e = getpwnam "asked"; print crypt("Correct horse 9!", $e[1]) eq $e[1] ? "same" : "other"'}`
    expect((await run(check)).stdout).toBe('same')
    const unknown = answered({ cmd: 'passwd asked', responses: { 'Never asked:': 'x' }, timeout: 1 })
    expect((await converge(unknown, always)).output).toMatchObject({ code: 124 })
    expect((await run(sh`userdel asked; pgrep -x passwd`)).code).toBe(1)
  })

  here('waitFor sees a file, what is in it, what a port says and who is connected to it (M17)', async () => {
    await run(sh`(sleep 1; echo 'is ready now' > /run/app.log) </dev/null >/dev/null 2>&1 &`)
    const ready = waitFor({ path: '/run/app.log', searchRegex: /is (ready|done)\b/, interval: 0.2, timeout: 20 })
    expect(await converge(ready, always)).toMatchObject({ changed: ['holds'], ...ok })
    expect(await converge(ready)).toMatchObject(nothing)
    expect(await converge(waitFor({ port: 22, searchRegex: '^SSH-2\\.0-' }))).toMatchObject(nothing)
    const other = waitFor({ port: 22, searchRegex: '^FTP', timeout: 0, connectTimeout: 0.5 })
    expect((await converge(other)).output).toMatchObject({
      code: 1,
      stderr: '127.0.0.1:22 does not say ^FTP after 0 s',
    })
    // the test's own connection is one
    expect((await converge(waitFor({ port: 22, state: 'drained', timeout: 0 }))).output).toMatchObject({ code: 1 })
    const gateway = (await run(sh`ss -Htn state established sport = :22 | awk '{ sub(/:[0-9]*$/, "", $4); print $4 }'`))
      .stdout
    const others = waitFor({ port: 22, state: 'drained', excludeHosts: [...new Set(gateway.split('\n'))] })
    expect(await converge(others)).toMatchObject(nothing)
    await run(sh`rm /run/app.log`)
  })

  here('pingHost tells who answers, and says what to install where there is no ping (M17)', async () => {
    const missing = (await run(sh`command -v ping`)).code !== 0
    const targets = ['127.0.0.1', '10.97.0.11']
    if (missing) await expect(converge(pingHost({ targets }))).rejects.toThrow('the host has no ping')
    else {
      expect(await converge(pingHost({ targets }))).toMatchObject({ ...nothing, result: { reachable: targets } })
      const silent = await converge(pingHost({ targets: ['127.0.0.1', '10.97.0.99'], timeout: 1 }))
      expect(silent.output).toMatchObject({ code: 1, stderr: 'no answer from 10.97.0.99' })
    }
  })
})
