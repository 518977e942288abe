// Users, groups, crontabs, hosts that ssh knows, and what databases say: what decides whether something is changed.
import { secret, task } from '../../../../engine/index.ts'
import { cron, getent, group, knownHosts, user } from '../../../../modules/index.ts'
import type { ModuleScenario } from '../scenario.ts'

const ed = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILhQkVxbTcQdDoGSdMnHFrmfvHCMA+QpFlQHMT2uPyEq'
const ed2 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM3LVZ8l7UPpUyBZPcFsC5bnZ7p9WwPqS0n6Y2aBQkqN'
const ecdsa =
  'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBLD0vG6kdc2fZ8nYDtNjT4oUj0ov5SxmEwkmR3AeLXqBBGkNO2eKT0XJhv8wFQ4i4HdPmRvqGdYvEBzHYtcJq2k='
const hash = '$6$abcdefgh$2X4gJ9wHJgVx9X0eTj0cUu8e7ZDGvXj5mL4ZB0cV0r5XyPjx3pQhJd8UqXK5dPZkQnYt0r0pQb2d7sUuN3l6Z.'
const marker = '#Ansible: {name}'
const shadow = (name: string) => `getent shadow ${name} | cut -d: -f2,4-8`

const users: readonly ModuleScenario[] = [
  {
    name: 'a user with a number, a shell and a purpose is made once (M14)',
    ansible: `
      - name: made
        user: { name: cu1, uid: 601, comment: "Some One", shell: /bin/bash }
      - name: again
        user: { name: cu1, uid: 601, comment: "Some One", shell: /bin/bash }
      - name: nothing more is asked
        user: { name: cu1 }
    `,
    tsplay: () => [
      task('made', user({ name: 'cu1', uid: 601, comment: 'Some One', shell: '/bin/bash' })),
      task('again', user({ name: 'cu1', uid: 601, comment: 'Some One', shell: '/bin/bash' })),
      task('nothing more is asked', user({ name: 'cu1' })),
    ],
    also: ['/home/cu1'],
    shows: ['getent passwd cu1', 'id cu1', shadow('cu1')],
    undo: 'userdel -r cu1',
  },
  {
    name: 'each property of a user is changed by itself (M14)',
    given: 'groupadd -g 690 cg2; useradd -m -u 602 cu2',
    ansible: `
      - name: comment
        user: { name: cu2, comment: new }
      - name: shell
        user: { name: cu2, shell: /usr/sbin/nologin }
      - name: number
        user: { name: cu2, uid: 692 }
      - name: primary group
        user: { name: cu2, group: cg2 }
      - name: primary group by number
        user: { name: cu2, group: "690" }
    `,
    tsplay: () => [
      task('comment', user({ name: 'cu2', comment: 'new' })),
      task('shell', user({ name: 'cu2', shell: '/usr/sbin/nologin' })),
      task('number', user({ name: 'cu2', uid: 692 })),
      task('primary group', user({ name: 'cu2', group: 'cg2' })),
      task('primary group by number', user({ name: 'cu2', group: '690' })),
    ],
    shows: ['getent passwd cu2', 'stat -c %u:%g /home/cu2'],
    undo: 'userdel -r cu2; groupdel cg2',
  },
  {
    name: 'groups are replaced, or added to (M14)',
    given: 'groupadd cga; groupadd cgb; groupadd cgc; useradd -M -G cga cu3',
    ansible: `
      - name: appended
        user: { name: cu3, groups: [cgb], append: true, create_home: false }
      - name: appended before
        user: { name: cu3, groups: [cga, cgb], append: true, create_home: false }
      - name: replaced
        user: { name: cu3, groups: [cgc, cgb], create_home: false }
      - name: the other way round
        user: { name: cu3, groups: [cgb, cgc], create_home: false }
      - name: none
        user: { name: cu3, groups: [], create_home: false }
    `,
    tsplay: () => [
      task('appended', user({ name: 'cu3', groups: ['cgb'], append: true, createHome: false })),
      task('appended before', user({ name: 'cu3', groups: ['cga', 'cgb'], append: true, createHome: false })),
      task('replaced', user({ name: 'cu3', groups: ['cgc', 'cgb'], createHome: false })),
      task('the other way round', user({ name: 'cu3', groups: ['cgb', 'cgc'], createHome: false })),
      task('none', user({ name: 'cu3', groups: [], createHome: false })),
    ],
    shows: ['id -nG cu3', 'ls -d /home/cu3'],
    undo: 'userdel cu3; groupdel cga; groupdel cgb; groupdel cgc',
  },
  {
    name: 'the primary group among the others changes nothing (M14)',
    given: 'useradd -M cu27',
    ansible: `
      - name: with the primary one
        user: { name: cu27, groups: [cu27], create_home: false }
    `,
    tsplay: () => [task('with the primary one', user({ name: 'cu27', groups: ['cu27'], createHome: false }))],
    shows: ['id -nG cu27'],
    undo: 'userdel cu27',
    differs: {
      why: 'who has a primary group is in it, whether it lists him or not; Ansible lists him as well',
      theirs: ['with the primary one: changed'],
      ours: ['with the primary one: ok'],
      sameTree: true,
    },
  },
  {
    name: 'a group that is not there is a failure (M14)',
    ansible: `
      - name: no such group
        user: { name: cu4, groups: [no-such-group] }
    `,
    tsplay: () => [task('no such group', user({ name: 'cu4', groups: ['no-such-group'] }))],
    shows: ['getent passwd cu4'],
  },
  {
    name: 'a user goes, and the home folder with it where it is told to (M14)',
    given: 'useradd -m cu5; useradd -m cu6; groupadd cg6',
    ansible: `
      - name: gone
        user: { name: cu5, state: absent }
      - name: gone with the home folder
        user: { name: cu6, state: absent, remove: true }
      - name: never there
        user: { name: cu7, state: absent, remove: true }
    `,
    tsplay: () => [
      task('gone', user({ name: 'cu5', state: 'absent' })),
      task('gone with the home folder', user({ name: 'cu6', state: 'absent', remove: true })),
      task('never there', user({ name: 'cu7', state: 'absent', remove: true })),
    ],
    shows: ['getent passwd cu5 cu6', 'ls -d /home/cu5 /home/cu6', 'getent group cu5 cu6'],
    undo: 'rm -r /home/cu5; groupdel cg6',
  },
  {
    name: 'a password is set where it differs, or only with a new user (M14, B20)',
    given: 'useradd -m -p OTHER cu8; useradd -m -p OTHER cu9',
    ansible: `
      - name: always
        user: { name: cu8, password: "${hash}", update_password: always }
      - name: always again
        user: { name: cu8, password: "${hash}", update_password: always }
      - name: on create
        user: { name: cu9, password: "${hash}", update_password: on_create }
      - name: created
        user: { name: cu10, password: "${hash}", update_password: on_create }
    `,
    tsplay: () => [
      task('always', user({ name: 'cu8', password: secret(hash), updatePassword: 'always' })),
      task('always again', user({ name: 'cu8', password: secret(hash), updatePassword: 'always' })),
      task('on create', user({ name: 'cu9', password: secret(hash), updatePassword: 'on_create' })),
      task('created', user({ name: 'cu10', password: secret(hash), updatePassword: 'on_create' })),
    ],
    shows: ['getent shadow cu8 cu9 cu10 | cut -d: -f1,2'],
    undo: 'for u in cu8 cu9 cu10; do userdel -r $u; done',
  },
  {
    name: 'a password is locked and unlocked, and stays the same (M14)',
    given: `useradd -m -p '${hash}' cu11`,
    ansible: `
      - name: locked
        user: { name: cu11, password_lock: true }
      - name: locked already
        user: { name: cu11, password_lock: true }
      - name: the same password
        user: { name: cu11, password: "${hash}", update_password: always }
      - name: unlocked
        user: { name: cu11, password_lock: false }
      - name: made locked
        user: { name: cu12, password: "${hash}", password_lock: true }
    `,
    tsplay: () => [
      task('locked', user({ name: 'cu11', passwordLock: true })),
      task('locked already', user({ name: 'cu11', passwordLock: true })),
      task('the same password', user({ name: 'cu11', password: secret(hash), updatePassword: 'always' })),
      task('unlocked', user({ name: 'cu11', passwordLock: false })),
      task('made locked', user({ name: 'cu12', password: secret(hash), passwordLock: true })),
    ],
    shows: ['getent shadow cu11 cu12 | cut -d: -f1,2'],
    undo: 'userdel -r cu11; userdel -r cu12',
  },
  {
    name: 'an account and its password expire, or never do (M14)',
    given: 'useradd -m cu13',
    ansible: `
      - name: expires
        user: { name: cu13, expires: 1893456000 }
      - name: expires already
        user: { name: cu13, expires: 1893456000 }
      - name: later that day
        user: { name: cu13, expires: 1893499200 }
      - name: never
        user: { name: cu13, expires: -1 }
      - name: password
        user: { name: cu13, password_expire_max: 90, password_expire_min: 2 }
      - name: made with an end
        user: { name: cu14, expires: 1893456000 }
    `,
    tsplay: () => [
      task('expires', user({ name: 'cu13', expires: 1893456000 })),
      task('expires already', user({ name: 'cu13', expires: '2030-01-01' })),
      task('later that day', user({ name: 'cu13', expires: 1893499200 })),
      task('never', user({ name: 'cu13', expires: 'never' })),
      task('password', user({ name: 'cu13', passwordExpireMax: 90, passwordExpireMin: 2 })),
      task('made with an end', user({ name: 'cu14', expires: 1893456000 })),
    ],
    shows: [shadow('cu13'), shadow('cu14')],
    undo: 'userdel -r cu13; userdel -r cu14',
  },
  {
    name: 'a home folder that is missing is made, unless it is told not to be (M14)',
    given: 'useradd -M cu15; useradd -M cu16',
    ansible: `
      - name: made
        user: { name: cu15 }
      - name: not made
        user: { name: cu16, create_home: false }
      - name: a new user without one
        user: { name: cu17, create_home: false }
      - name: a system user
        user: { name: cu18, system: true }
    `,
    tsplay: () => [
      task('made', user({ name: 'cu15' })),
      task('not made', user({ name: 'cu16', createHome: false })),
      task('a new user without one', user({ name: 'cu17', createHome: false })),
      task('a system user', user({ name: 'cu18', system: true })),
    ],
    also: ['/home/cu15', '/home/cu16', '/home/cu17', '/home/cu18'],
    shows: ['getent passwd cu16 cu17', 'id -u cu18'],
    undo: 'for u in cu15 cu16 cu17 cu18; do userdel -r $u; done',
  },
  {
    name: 'a home folder is made elsewhere, or moved (M14)',
    given: 'useradd -m cu19; echo x > /home/cu19/mine; useradd -m cu20; echo y > /home/cu20/mine',
    ansible: `
      - name: moved
        user: { name: cu19, home: /srv/cu19, move_home: true }
      - name: moved already
        user: { name: cu19, home: /srv/cu19, move_home: true }
      - name: another
        user: { name: cu20, home: /srv/cu20 }
    `,
    tsplay: () => [
      task('moved', user({ name: 'cu19', home: '/srv/cu19', moveHome: true })),
      task('moved already', user({ name: 'cu19', home: '/srv/cu19', moveHome: true })),
      task('another', user({ name: 'cu20', home: '/srv/cu20' })),
    ],
    also: ['/srv/cu19', '/srv/cu20', '/home/cu19', '/home/cu20'],
    shows: ['getent passwd cu19 cu20'],
    undo: 'userdel -r cu19; userdel -r cu20; rm -r /home/cu20',
  },
  {
    name: 'a new home folder is filled from another skeleton, with another umask (M14)',
    given: 'mkdir skel; echo hello > skel/.hello',
    ansible: `
      - name: made
        user: { name: cu21, skeleton: "{{ dir }}/skel", umask: "077" }
    `,
    tsplay: (dir) => [task('made', user({ name: 'cu21', skeleton: `${dir}/skel`, umask: '077' }))],
    also: ['/home/cu21'],
    undo: 'userdel -r cu21',
  },
  {
    name: 'a number is shared only where that is asked for (M14)',
    given: 'useradd -M -u 622 cu22',
    ansible: `
      - name: shared
        user: { name: cu23, uid: 622, non_unique: true, create_home: false }
      - name: not shared
        user: { name: cu24, uid: 622, create_home: false }
    `,
    tsplay: () => [
      task('shared', user({ name: 'cu23', uid: 622, nonUnique: true, createHome: false })),
      task('not shared', user({ name: 'cu24', uid: 622, createHome: false })),
    ],
    shows: ['getent passwd cu23', 'getent passwd cu24'],
    undo: 'userdel cu23; userdel cu22',
    unforeseen: 'that a number is taken is known by useradd only',
  },
  {
    name: 'a pair of keys is made once for a user (M14, B22)',
    given: 'useradd -m cu25',
    ansible: `
      - name: made
        user: { name: cu25, generate_ssh_key: true, ssh_key_type: ed25519, ssh_key_comment: a comment }
      - name: kept
        user: { name: cu25, generate_ssh_key: true, ssh_key_type: ed25519, ssh_key_comment: another }
      - name: elsewhere
        user: { name: cu25, generate_ssh_key: true, ssh_key_type: ed25519, ssh_key_file: .ssh/other }
    `,
    tsplay: () => [
      task('made', user({ name: 'cu25', generateSshKey: true, sshKeyComment: 'a comment' })),
      task('kept', user({ name: 'cu25', generateSshKey: true, sshKeyComment: 'another' })),
      task('elsewhere', user({ name: 'cu25', generateSshKey: true, sshKeyFile: '.ssh/other' })),
    ],
    shows: [
      "stat -c '%n %a %U:%G' /home/cu25/.ssh /home/cu25/.ssh/*",
      "cut -d' ' -f1,3- /home/cu25/.ssh/id_ed25519.pub",
    ],
    undo: 'userdel -r cu25',
  },
  {
    name: 'a group of the user’s own name becomes the primary one (M14)',
    given: 'groupadd cu26',
    ansible: `
      - name: made
        user: { name: cu26, create_home: false }
    `,
    tsplay: () => [task('made', user({ name: 'cu26', createHome: false }))],
    shows: ['getent passwd cu26 | cut -d: -f1'],
    undo: 'userdel cu26; groupdel cu26',
  },
]

const groups: readonly ModuleScenario[] = [
  {
    name: 'a group is made, renumbered and removed (M14)',
    given: 'groupadd -g 651 cgr2',
    ansible: `
      - name: made
        group: { name: cgr1, gid: 650 }
      - name: made already
        group: { name: cgr1, gid: 650 }
      - name: no number asked for
        group: { name: cgr1 }
      - name: renumbered
        group: { name: cgr2, gid: 652 }
      - name: never there
        group: { name: cgr3, state: absent }
    `,
    tsplay: () => [
      task('made', group({ name: 'cgr1', gid: 650 })),
      task('made already', group({ name: 'cgr1', gid: 650 })),
      task('no number asked for', group({ name: 'cgr1' })),
      task('renumbered', group({ name: 'cgr2', gid: 652 })),
      task('never there', group({ name: 'cgr3', state: 'absent' })),
    ],
    shows: ['getent group cgr1', 'getent group cgr2'],
    undo: 'groupdel cgr1; groupdel cgr2',
  },
  {
    name: 'a group keeps its members when it gets another number (M14)',
    given: 'groupadd cgr4; usermod -aG cgr4 daemon',
    ansible: `
      - name: renumbered
        group: { name: cgr4, gid: 654 }
    `,
    tsplay: () => [task('renumbered', group({ name: 'cgr4', gid: 654 }))],
    shows: ['getent group cgr4'],
    undo: 'groupdel cgr4',
  },
  {
    name: 'a system group gets a system’s number, and one that is there stays (M14)',
    given: 'groupadd -g 655 cgr5',
    ansible: `
      - name: new
        group: { name: cgr6, system: true }
      - name: there
        group: { name: cgr5, system: true }
    `,
    tsplay: () => [
      task('new', group({ name: 'cgr6', system: true })),
      task('there', group({ name: 'cgr5', system: true })),
    ],
    shows: ['[ $(getent group cgr6 | cut -d: -f3) -lt 1000 ] && echo system', 'getent group cgr5'],
    undo: 'groupdel cgr5; groupdel cgr6',
  },
  {
    name: 'a group’s number is shared only where that is asked for (M14)',
    given: 'groupadd -g 657 cgr7',
    ansible: `
      - name: shared
        group: { name: cgr8, gid: 657, non_unique: true }
      - name: not shared
        group: { name: cgr9, gid: 657 }
    `,
    tsplay: () => [
      task('shared', group({ name: 'cgr8', gid: 657, nonUnique: true })),
      task('not shared', group({ name: 'cgr9', gid: 657 })),
    ],
    shows: ['getent group cgr8', 'getent group cgr9'],
    undo: 'groupdel cgr8; groupdel cgr7',
    unforeseen: 'that a number is taken is known by groupadd only',
  },
  {
    name: 'a user’s primary group is not removed (M14)',
    given: 'useradd -M cgr10',
    ansible: `
      - name: primary
        group: { name: cgr10, state: absent }
    `,
    tsplay: () => [task('primary', group({ name: 'cgr10', state: 'absent' }))],
    shows: ['getent group cgr10 | cut -d: -f1'],
    undo: 'userdel cgr10',
    unforeseen: 'whose group it is, only groupdel looks up',
  },
  {
    name: 'a group with members goes all the same (M14)',
    given: 'groupadd cgr11; usermod -aG cgr11 daemon',
    ansible: `
      - name: gone
        group: { name: cgr11, state: absent }
    `,
    tsplay: () => [task('gone', group({ name: 'cgr11', state: 'absent' }))],
    shows: ['id -nG daemon'],
  },
]

/** Each has a user or a file of its own. Ours are told to name jobs as Ansible does. */
const crontabs: readonly ModuleScenario[] = [
  {
    name: 'a job is written, changed and removed by its name (M15)',
    given: 'useradd -M cc1; echo "5 5 * * * by-hand" | crontab -u cc1 -',
    ansible: `
      - name: written
        cron: { name: a job, user: cc1, minute: "0", hour: "5,2", job: "ls -l > /dev/null" }
      - name: written already
        cron: { name: a job, user: cc1, minute: "0", hour: "5,2", job: "ls -l > /dev/null" }
      - name: changed
        cron: { name: a job, user: cc1, minute: "*/5", job: "ls -l > /dev/null" }
      - name: another
        cron: { name: another job, user: cc1, special_time: reboot, job: "true" }
      - name: removed
        cron: { name: another job, user: cc1, state: absent }
      - name: never there
        cron: { name: no job, user: cc1, state: absent }
    `,
    tsplay: () => [
      task('written', cron({ name: 'a job', user: 'cc1', minute: 0, hour: '5,2', job: 'ls -l > /dev/null', marker })),
      task('written already', cron({ name: 'a job', user: 'cc1', minute: '0', hour: '5,2', job: 'ls -l > /dev/null' })),
      task('changed', cron({ name: 'a job', user: 'cc1', minute: '*/5', job: 'ls -l > /dev/null' })),
      task('another', cron({ name: 'another job', user: 'cc1', specialTime: 'reboot', job: 'true', marker })),
      task('removed', cron({ name: 'another job', user: 'cc1', state: 'absent' })),
      task('never there', cron({ name: 'no job', user: 'cc1', state: 'absent' })),
    ],
    shows: ['crontab -u cc1 -l'],
    undo: 'crontab -u cc1 -r; userdel cc1',
  },
  {
    name: 'variables stand at the top, or beside one another (M15)',
    given: 'useradd -M cc2; echo "1 1 * * * x" | crontab -u cc2 -',
    ansible: `
      - name: at the top
        cron: { name: MAILTO, user: cc2, env: true, job: ops }
      - name: behind
        cron: { name: B, user: cc2, env: true, value: "b c", insertafter: MAILTO }
      - name: before
        cron: { name: A, user: cc2, env: true, job: a, insertbefore: B }
      - name: there already
        cron: { name: B, user: cc2, env: true, job: "b c" }
      - name: changed
        cron: { name: MAILTO, user: cc2, env: true, job: dev }
      - name: removed
        cron: { name: A, user: cc2, env: true, state: absent }
    `,
    tsplay: () => [
      task('at the top', cron({ name: 'MAILTO', user: 'cc2', env: true, job: 'ops' })),
      task('behind', cron({ name: 'B', user: 'cc2', env: true, job: 'b c', insertAfter: 'MAILTO' })),
      task('before', cron({ name: 'A', user: 'cc2', env: true, job: 'a', insertBefore: 'B' })),
      task('there already', cron({ name: 'B', user: 'cc2', env: true, job: 'b c' })),
      task('changed', cron({ name: 'MAILTO', user: 'cc2', env: true, job: 'dev' })),
      task('removed', cron({ name: 'A', user: 'cc2', env: true, state: 'absent' })),
    ],
    shows: ['crontab -u cc2 -l'],
    undo: 'crontab -u cc2 -r; userdel cc2',
  },
  {
    name: 'a variable does not stand beside one that is not there (M15)',
    given: 'useradd -M cc3',
    ansible: `
      - name: beside nothing
        cron: { name: A, user: cc3, env: true, job: a, insertafter: NONE }
    `,
    tsplay: () => [task('beside nothing', cron({ name: 'A', user: 'cc3', env: true, job: 'a', insertAfter: 'NONE' }))],
    shows: ['crontab -u cc3 -l'],
    undo: 'userdel cc3',
  },
  {
    name: 'a file in /etc/cron.d is made with its first job and goes with its last (M15)',
    given: 'printf "#Ansible: old\\n1 1 * * * root old\\n" > /etc/cron.d/cc-old',
    ansible: `
      - name: made
        cron: { name: nightly, cron_file: cc-new, user: root, hour: "3", job: "true" }
      - name: made already
        cron: { name: nightly, cron_file: cc-new, user: root, hour: "3", job: "true" }
      - name: added
        cron: { name: daily, cron_file: /etc/cron.d/cc-new, user: daemon, special_time: daily, job: "true" }
      - name: its last job
        cron: { name: old, cron_file: cc-old, state: absent }
      - name: no file any more
        cron: { name: old, cron_file: cc-old, state: absent }
    `,
    tsplay: () => [
      task('made', cron({ name: 'nightly', cronFile: 'cc-new', user: 'root', hour: 3, job: 'true', marker })),
      task('made already', cron({ name: 'nightly', cronFile: 'cc-new', user: 'root', hour: 3, job: 'true' })),
      task(
        'added',
        cron({
          name: 'daily',
          cronFile: '/etc/cron.d/cc-new',
          user: 'daemon',
          specialTime: 'daily',
          job: 'true',
          marker,
        }),
      ),
      task('its last job', cron({ name: 'old', cronFile: 'cc-old', state: 'absent' })),
      task('no file any more', cron({ name: 'old', cronFile: 'cc-old', state: 'absent' })),
    ],
    also: ['/etc/cron.d/cc-new', '/etc/cron.d/cc-old'],
    undo: 'rm /etc/cron.d/cc-new',
  },
  {
    name: 'a job is disabled and comes back (M15)',
    given: 'useradd -M cc4; printf "#Ansible: x\\n1 * * * * true\\n" | crontab -u cc4 -',
    ansible: `
      - name: disabled
        cron: { name: x, user: cc4, minute: "1", job: "true", disabled: true }
      - name: disabled already
        cron: { name: x, user: cc4, minute: "1", job: "true", disabled: true }
      - name: enabled
        cron: { name: x, user: cc4, minute: "1", job: "true" }
    `,
    tsplay: () => [
      task('disabled', cron({ name: 'x', user: 'cc4', minute: 1, job: 'true', disabled: true })),
      task('disabled already', cron({ name: 'x', user: 'cc4', minute: 1, job: 'true', disabled: true })),
      task('enabled', cron({ name: 'x', user: 'cc4', minute: 1, job: 'true' })),
    ],
    shows: ['crontab -u cc4 -l'],
    undo: 'crontab -u cc4 -r; userdel cc4',
  },
  {
    name: 'a job that somebody wrote by hand gets its name (M15)',
    given: 'useradd -M cc5; printf "# mine\\n1 2 3 4 5 true\\n" | crontab -u cc5 -',
    ansible: `
      - name: named
        cron: { name: x, user: cc5, minute: "1", hour: "2", day: "3", month: "4", weekday: "5", job: "true" }
    `,
    tsplay: () => [
      task(
        'named',
        cron({ name: 'x', user: 'cc5', minute: 1, hour: 2, day: 3, month: 4, weekday: 5, job: 'true', marker }),
      ),
    ],
    shows: ['crontab -u cc5 -l'],
    undo: 'crontab -u cc5 -r; userdel cc5',
  },
  {
    name: 'what is in a crontab besides stays as it is (M15)',
    given: `useradd -M cc6; printf '# a comment\\n\\nPATH=/bin\\n1 * * * * echo "%%s" \\\\%%\\n#Ansible: xy\\n2 * * * * b\\n' | crontab -u cc6 -`,
    ansible: `
      - name: added
        cron: { name: x, user: cc6, job: "a \\\\% 'b' \\"c\\" $(d)" }
      - name: removed
        cron: { name: xy, user: cc6, state: absent }
    `,
    tsplay: () => [
      task('added', cron({ name: 'x', user: 'cc6', job: `a \\% 'b' "c" $(d)`, marker })),
      task('removed', cron({ name: 'xy', user: 'cc6', state: 'absent' })),
    ],
    shows: ['crontab -u cc6 -l'],
    undo: 'crontab -u cc6 -r; userdel cc6',
  },
  {
    name: 'a last line without its end is given one (M15)',
    given: `printf '#Ansible: x\\n1 * * * * root true' > /etc/cron.d/cc-end; chmod 0600 /etc/cron.d/cc-end`,
    ansible: `
      - name: ended
        cron: { name: x, cron_file: cc-end, user: root, minute: "1", job: "true" }
    `,
    tsplay: () => [task('ended', cron({ name: 'x', cronFile: 'cc-end', user: 'root', minute: 1, job: 'true' }))],
    also: ['/etc/cron.d/cc-end'],
    undo: 'rm /etc/cron.d/cc-end',
  },
  {
    name: 'the crontab of a user who is not there is a failure (M15)',
    ansible: `
      - name: nobody
        cron: { name: x, user: no-such-user, job: "true" }
    `,
    tsplay: () => [task('nobody', cron({ name: 'x', user: 'no-such-user', job: 'true' }))],
  },
]

const known: readonly ModuleScenario[] = [
  {
    name: 'a host’s key is added, replaced and kept (M15)',
    given: `printf '%s\\n' '# mine' 'b.example ${ed}' > known`,
    ansible: `
      - name: added
        known_hosts: { path: "{{ dir }}/known", name: a.example, key: "a.example ${ed}" }
      - name: there already
        known_hosts: { path: "{{ dir }}/known", name: A.example, key: "a.example ${ed}" }
      - name: another type
        known_hosts: { path: "{{ dir }}/known", name: a.example, key: "a.example ${ecdsa}" }
      - name: replaced
        known_hosts: { path: "{{ dir }}/known", name: a.example, key: "a.example ${ed2}" }
    `,
    tsplay: (dir) => [
      task('added', knownHosts({ path: `${dir}/known`, name: 'a.example', key: `a.example ${ed}` })),
      task('there already', knownHosts({ path: `${dir}/known`, name: 'A.example', key: `a.example ${ed}` })),
      task('another type', knownHosts({ path: `${dir}/known`, name: 'a.example', key: `a.example ${ecdsa}` })),
      task('replaced', knownHosts({ path: `${dir}/known`, name: 'a.example', key: `a.example ${ed2}` })),
    ],
  },
  {
    name: 'a new file is made, but not its folder; a port belongs to the name (M15)',
    ansible: `
      - name: with a port
        known_hosts: { path: "{{ dir }}/new", name: "[a.example]:2222", key: "[a.example]:2222 ${ed}" }
      - name: without
        known_hosts: { path: "{{ dir }}/new", name: a.example, key: "a.example ${ed}" }
      - name: no folder
        known_hosts: { path: "{{ dir }}/none/new", name: a.example, key: "a.example ${ed}" }
    `,
    tsplay: (dir) => [
      task('with a port', knownHosts({ path: `${dir}/new`, name: '[a.example]:2222', key: `[a.example]:2222 ${ed}` })),
      task('without', knownHosts({ path: `${dir}/new`, name: 'a.example', key: `a.example ${ed}` })),
      task('no folder', knownHosts({ path: `${dir}/none/new`, name: 'a.example', key: `a.example ${ed}` })),
    ],
  },
  {
    name: 'a host is forgotten, with one key or all, hashed or not (M15)',
    given: `printf '%s\\n' 'a.example ${ed}' 'a.example ${ecdsa}' 'b.example ${ed}' > known
printf '%s\\n' 'c.example ${ed}' > /run/known-hashed; ssh-keygen -q -H -f /run/known-hashed`,
    ansible: `
      - name: one key
        known_hosts: { path: "{{ dir }}/known", name: a.example, key: "a.example ${ed}", state: absent }
      - name: hashed
        known_hosts: { path: /run/known-hashed, name: c.example, state: absent }
      - name: never there
        known_hosts: { path: "{{ dir }}/known", name: d.example, state: absent }
      - name: no file
        known_hosts: { path: "{{ dir }}/none", name: d.example, state: absent }
    `,
    tsplay: (dir) => [
      task('one key', knownHosts({ path: `${dir}/known`, name: 'a.example', key: `a.example ${ed}`, state: 'absent' })),
      task('hashed', knownHosts({ path: '/run/known-hashed', name: 'c.example', state: 'absent' })),
      task('never there', knownHosts({ path: `${dir}/known`, name: 'd.example', state: 'absent' })),
      task('no file', knownHosts({ path: `${dir}/none`, name: 'd.example', state: 'absent' })),
    ],
    shows: ['cat /run/known-hashed'],
    undo: 'rm /run/known-hashed*',
  },
  {
    name: 'a key that the host does not have takes no other with it (M15)',
    given: `printf '%s\\n' 'a.example ${ed}' > known`,
    ansible: `
      - name: another key
        known_hosts: { path: "{{ dir }}/known", name: a.example, key: "a.example ${ed2}", state: absent }
    `,
    tsplay: (dir) => [
      task('another key', knownHosts({ path: `${dir}/known`, name: 'a.example', key: ed2, state: 'absent' })),
    ],
    differs: {
      why: 'Ansible removes whatever key of that type the host has',
      theirs: ['another key: changed'],
      ours: ['another key: ok'],
    },
  },
  {
    name: 'a name is hashed once (M15)',
    given: `printf '%s\\n' 'a.example ${ed}' > /run/known-names`,
    ansible: `
      - name: hashed
        known_hosts: { path: /run/known-names, name: a.example, key: "a.example ${ed}", hash_host: true }
      - name: hashed already
        known_hosts: { path: /run/known-names, name: a.example, key: "a.example ${ed}", hash_host: true }
      - name: another key
        known_hosts: { path: /run/known-names, name: a.example, key: "a.example ${ed2}", hash_host: true }
    `,
    tsplay: () => {
      const one = { path: '/run/known-names', name: 'a.example', hashHost: true }
      return [
        task('hashed', knownHosts({ ...one, key: `a.example ${ed}` })),
        task('hashed already', knownHosts({ ...one, key: `a.example ${ed}` })),
        task('another key', knownHosts({ ...one, key: `a.example ${ed2}` })),
      ]
    },
    shows: [
      'ssh-keygen -F a.example -f /run/known-names | cut -d" " -f2-',
      'wc -l < /run/known-names',
      'grep a.example /run/known-names',
    ],
    undo: 'rm /run/known-names',
  },
  {
    name: 'a key that stands for another host is refused (M15)',
    ansible: `
      - name: a text that is none
        known_hosts: { path: "{{ dir }}/known", name: a.example, key: "b.example ${ed}" }
    `,
    tsplay: (dir) => [task('a text that is none', knownHosts({ path: `${dir}/known`, name: 'a.example', key: ed }))],
    differs: {
      why: 'tsplay refuses it before any host is touched; a key without names stands for the host that is named',
      theirs: ['a text that is none: failed'],
      ours: ['a text that is none: changed'],
    },
  },
]

const databases: readonly ModuleScenario[] = [
  {
    name: 'an entry of a database is found, or is a failure (M14)',
    ansible: `
      - name: found
        getent: { database: passwd, key: root }
      - name: all
        getent: { database: group, split: ":" }
      - name: not found, and no matter
        getent: { database: passwd, key: no-such-user, fail_key: false }
      - name: not found
        getent: { database: passwd, key: no-such-user }
    `,
    tsplay: () => [
      task('found', getent({ database: 'passwd', key: 'root' })),
      task('all', getent({ database: 'group', split: ':' })),
      task('not found, and no matter', getent({ database: 'passwd', key: 'no-such-user', failKey: false })),
      task('not found', getent({ database: 'passwd', key: 'no-such-user' })),
    ],
  },
  {
    name: 'a database that there is not is a failure (M14)',
    ansible: `
      - name: no such database
        getent: { database: nosuchdb, key: x }
    `,
    tsplay: () => [task('no such database', getent({ database: 'nosuchdb', key: 'x' }))],
  },
]

export const scenarios: readonly ModuleScenario[] = [...users, ...groups, ...crontabs, ...known, ...databases]
