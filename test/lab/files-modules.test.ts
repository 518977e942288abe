// What the modules for files can do besides writing one, on a real host: foretold, applied, found settled, taken back.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type LabSpec, machineLacks } from '../../engine/lab/lab.ts'
import { sh } from '../../engine/script.ts'
import {
  assemble,
  blockInFile,
  copy,
  directory,
  file,
  iniFile,
  lineInFile,
  link,
  replace,
  template,
} from '../../modules/index.ts'
import { oneHost } from './one-host.ts'

const lacks = await machineLacks()
const here = it.skipIf(lacks)

const spec: LabSpec = { name: 'mfiles', subnet: '10.91.0.0/24', hosts: [{ name: 'one', address: '10.91.0.11' }] }
const { run, converge, folder } = oneHost(spec, lacks)

const ok = { output: { code: 0 } }
const nothing = { changed: [] }

describe(
  lacks ? `the modules for files on a real host (skipped: ${lacks})` : 'the modules for files on a real host',
  () => {
    here('copy makes folders on its way, tells what it has written, and copies on the host itself (M01)', async () => {
      writeFileSync(path.join(folder, 'app.conf'), 'port = 80\n')
      const conf = copy({ src: 'app.conf', dest: '/srv/app/etc/', directoryMode: '0750', mode: '0640', group: 'adm' })
      const { result } = await converge(conf)
      expect(result).toMatchObject({
        dest: '/srv/app/etc/app.conf',
        mode: '0640',
        owner: 'root',
        group: 'adm',
        uid: 0,
        gid: 4,
        size: 10,
      })
      expect((await run(sh`stat -c '%a %G' /srv/app /srv/app/etc`)).stdout).toBe('750 adm\n750 adm')
      expect(await converge(conf)).toMatchObject({ ...nothing, result })

      const kept = copy({
        src: '/srv/app/etc/app.conf',
        remoteSrc: true,
        dest: '/srv/app/etc/app.conf.orig',
        mode: 'preserve',
      })
      expect(await converge(kept)).toMatchObject(ok)
      const tree = copy({ src: '/srv/app', remoteSrc: true, dest: '/srv/copy/', owner: 'nobody' })
      expect(await converge(tree)).toMatchObject(ok)
      expect((await run(sh`stat -c '%U %a' /srv/copy/app/etc/app.conf.orig`)).stdout).toBe('nobody 640')
      await run(sh`echo changed > /srv/copy/app/etc/app.conf`)
      expect(await converge(tree)).toMatchObject({ changed: ['entries./srv/copy/app/etc/app.conf.content'], ...ok })
      expect(await converge(tree)).toMatchObject(nothing)
    })

    here('a system folder is copied as it is, and a second look finds it so (M01)', async () => {
      const tree = copy({ src: '/etc/', remoteSrc: true, dest: '/srv/etc', mode: 'preserve' })
      expect(await converge(tree)).toMatchObject(ok)
      expect((await run(sh`diff -rq --no-dereference /etc /srv/etc`)).stdout).toBe('')
      expect(await converge(tree)).toMatchObject(nothing)
    })

    here('assemble makes a file that its program accepts (M07)', async () => {
      await run(
        sh`mkdir -p /srv/sshd.d; printf 'Port 22' > /srv/sshd.d/10-port; echo 'UsePAM yes' > /srv/sshd.d/20-pam; echo Wrong > /srv/sshd.d/off.bak`,
      )
      const params = { src: '/srv/sshd.d', dest: '/srv/sshd_config', mode: '0600', validate: 'sshd -t -f %s' }
      expect((await converge(assemble(params))).output).toMatchObject({ code: 1 })
      expect(await converge(assemble({ ...params, regexp: '^\\d' }))).toMatchObject(ok)
      expect((await run(sh`cat /srv/sshd_config`)).stdout).toBe('Port 22\nUsePAM yes')
      mkdirSync(path.join(folder, 'parts'))
      for (const name of ['b', 'a']) writeFileSync(path.join(folder, 'parts', name), `${name}\n`)
      expect(
        await converge(assemble({ src: 'parts', remoteSrc: false, dest: '/srv/parts', delimiter: '-' })),
      ).toMatchObject(ok)
      expect((await run(sh`cat /srv/parts`)).stdout).toBe('a\n-\nb')
    })

    here('directory gives all that is in it mode and owner; file sets times (M03)', async () => {
      await run(
        sh`mkdir -p /srv/www/sub; echo x > /srv/www/sub/page; ln -s /etc/passwd /srv/www/link; chmod -R 0777 /srv/www`,
      )
      const mine = directory({ path: '/srv/www', mode: 'u=rwX,g=rX,o=', owner: 'www-data', recurse: true })
      expect(await converge(mine)).toMatchObject(ok)
      expect((await run(sh`stat -c '%U %a' /srv/www /srv/www/sub /srv/www/sub/page /etc/passwd`)).stdout).toBe(
        'www-data 750\nwww-data 750\nwww-data 750\nroot 644',
      )
      await run(sh`touch /srv/www/new`)
      expect((await converge(mine)).changed).toEqual(['below./srv/www/new.mode', 'below./srv/www/new.owner'])
      const dated = file({
        path: '/srv/www/new',
        modificationTime: '2026-01-31T12:00:00+01:00',
        accessTime: '2020-01-01T00:00:00Z',
      })
      expect(await converge(dated)).toMatchObject(ok)
      expect((await run(sh`stat -c '%Y %X' /srv/www/new`)).stdout).toBe('1769857200 1577836800')
      expect(await converge(file({ path: '/srv/www/new', state: 'touch' }), { settles: false })).toMatchObject({
        changed: ['touched'],
        ...ok,
      })
      expect(await converge(link({ path: '/srv/www/hard', target: '/srv/www/new', hard: true }))).toMatchObject(ok)
    })

    here('edits keep what they do not mean, each once (M04, M05, M06)', async () => {
      const file = '/srv/app/etc/app.conf'
      const edits = [
        lineInFile({ path: file, regexp: '^port', line: 'port = 8080', backup: true }),
        blockInFile({ path: file, block: '[hosts]\none', prependNewline: true }),
        replace({ path: file, regexp: '^one$', replace: 'one = 1' }),
        iniFile({ path: file, section: 'hosts', option: 'two', value: 2, noExtraSpaces: true }),
        iniFile({ path: file, section: 'hosts', option: 'one', state: 'absent' }),
      ]
      for (const edit of edits) expect(await converge(edit)).toMatchObject({ changed: ['content'], ...ok })
      expect((await run(sh`cat ${file}`)).stdout).toBe(
        'port = 8080\n\n# BEGIN TSPLAY MANAGED BLOCK\n[hosts]\ntwo=2\n# END TSPLAY MANAGED BLOCK',
      )
      expect((await run(sh`stat -c '%a %G' ${file}; ls /srv/app/etc | grep -c '~$'`)).stdout).toBe('640 adm\n1')
    })

    here('template writes other ends of lines (M02)', async () => {
      writeFileSync(path.join(folder, 't.ejs'), 'a <%= x %>\nb\n')
      const written = template({
        src: 't.ejs',
        dest: '/srv/t',
        vars: { x: 'ü' },
        newlineSequence: '\r\n',
        outputEncoding: 'latin1',
      })
      expect(await converge(written)).toMatchObject({ ...ok, result: { size: 8, dest: '/srv/t' } })
      expect((await run(sh`od -An -tx1 /srv/t`)).stdout.trim()).toBe('61 20 fc 0d 0a 62 0d 0a')
    })

    here('all of it goes, once', async () => {
      for (const name of ['app', 'copy', 'etc', 'sshd.d', 'sshd_config', 'parts', 'www', 't']) {
        const gone = file({ path: `/srv/${name}`, state: 'absent' })
        expect(await converge(gone)).toMatchObject({ changed: [''], ...ok })
        expect(await converge(gone)).toMatchObject(nothing)
      }
      expect((await run(sh`ls -A /srv`)).stdout).toBe('')
    })
  },
)
