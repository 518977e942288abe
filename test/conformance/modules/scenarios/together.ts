// Several modules on one thing: what one leaves, the next one finds.
import { task } from '../../../../engine/index.ts'
import { copy, directory, file, lineInFile, link, replace } from '../../../../modules/index.ts'
import type { ModuleScenario } from '../scenario.ts'

export const scenarios: readonly ModuleScenario[] = [
  {
    name: 'a folder, a file in it, edits of the file and a link to it (M01, M03, M04, M06)',
    ansible: `
      - name: folder
        file: { path: "{{ dir }}/etc", state: directory, mode: "0750" }
      - name: file
        copy: { content: "a=1\\nb=2\\n", dest: "{{ dir }}/etc/conf", mode: "0640", force: false }
      - name: line
        lineinfile: { path: "{{ dir }}/etc/conf", regexp: "^a=", line: "a=3" }
      - name: replaced
        replace: { path: "{{ dir }}/etc/conf", regexp: "^b=2$", replace: "b=4" }
      - name: link
        file: { path: "{{ dir }}/conf", src: etc/conf, state: link }
    `,
    tsplay: (dir) => [
      task('folder', directory({ path: `${dir}/etc`, mode: '0750' })),
      task('file', copy({ content: 'a=1\nb=2\n', dest: `${dir}/etc/conf`, mode: '0640', force: false })),
      task('line', lineInFile({ path: `${dir}/etc/conf`, regexp: '^a=', line: 'a=3' })),
      task('replaced', replace({ path: `${dir}/etc/conf`, regexp: '^b=2$', replace: 'b=4' })),
      task('link', link({ path: `${dir}/conf`, target: 'etc/conf' })),
    ],
  },
  {
    name: 'what a failed task would have been followed by is not done (M01)',
    given: 'mkdir taken',
    ansible: `
      - name: before
        copy: { content: "x", dest: "{{ dir }}/before" }
      - name: taken
        copy: { content: "x", dest: "{{ dir }}/none/x" }
      - name: behind
        copy: { content: "x", dest: "{{ dir }}/behind" }
    `,
    tsplay: (dir) => [
      task('before', copy({ content: 'x', dest: `${dir}/before` })),
      task('taken', copy({ content: 'x', dest: `${dir}/none/x` })),
      task('behind', copy({ content: 'x', dest: `${dir}/behind` })),
    ],
  },
  {
    name: 'something that goes away is gone for the next task (M03, M04)',
    given: 'mkdir -p d/e; echo x > d/e/f',
    ansible: `
      - name: gone
        file: { path: "{{ dir }}/d", state: absent }
      - name: gone already
        file: { path: "{{ dir }}/d/e/f", state: absent }
      - name: no file to edit
        lineinfile: { path: "{{ dir }}/d/e/f", line: x }
    `,
    tsplay: (dir) => [
      task('gone', file({ path: `${dir}/d`, state: 'absent' })),
      task('gone already', file({ path: `${dir}/d/e/f`, state: 'absent' })),
      task('no file to edit', lineInFile({ path: `${dir}/d/e/f`, line: 'x' })),
    ],
  },
]
