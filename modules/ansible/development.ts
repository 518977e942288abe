// Ansible's modules for what is fetched and built from sources: git, make, pip, npm.
import { splitWords } from '../common/words.ts'
import { type Args, refusedParam, type Translation } from './translation.ts'

const sshConfig = '~/.ssh/config of whoever runs the task'

export const development: readonly Translation[] = [
  {
    names: ['git'],
    module: 'git',
    renamed: { name: 'repo', accept_hostkey: 'acceptNewHostKey', accept_newhostkey: 'acceptNewHostKey' },
    refused: {
      archive: refusedParam(
        'no archive is made of a working copy',
        "-m command -a 'git archive -o FILE HEAD chdir=DEST'",
      ),
      archive_prefix: refusedParam('no archive is made of a working copy', "-m command -a 'git archive --prefix=…'"),
      executable: refusedParam('the git that the host finds is taken', 'a PATH in environment'),
      gpg_allowlist: refusedParam(
        'signatures of commits are not looked at',
        "-m command -a 'git verify-commit HEAD chdir=DEST'",
      ),
      gpg_whitelist: refusedParam(
        'signatures of commits are not looked at',
        "-m command -a 'git verify-commit HEAD chdir=DEST'",
      ),
      verify_commit: refusedParam(
        'signatures of commits are not looked at',
        "-m command -a 'git verify-commit HEAD chdir=DEST'",
      ),
      reference: refusedParam('nothing is shared with another copy', 'depth=1, where it is about time or space'),
      refspec: refusedParam('only what is wanted is fetched', 'version=refs/pull/1/head'),
      separate_git_dir: refusedParam(
        'the repository is in the working copy',
        "-m command -a 'git init --separate-git-dir=…'",
      ),
      ssh_opts: refusedParam('ssh has its own settings', sshConfig),
      track_submodules: refusedParam(
        'submodules are at the commits that are recorded',
        "-m command -a 'git submodule update --remote chdir=DEST'",
      ),
      umask: refusedParam('files are made with 022', '-m file afterwards', '022', '0022'),
    },
    adapt: ({ version, ...args }) => ({
      module: 'git',
      args: { ...args, ...(version !== undefined && version !== 'HEAD' && { version }) },
    }),
  },
  {
    names: ['make'],
    module: 'make',
    renamed: { targets: 'target', make: 'executable' },
  },
  {
    names: ['pip'],
    module: 'pip',
    renamed: { virtualenv_python: 'python', virtualenv_site_packages: 'systemSitePackages' },
    refused: {
      editable: refusedParam(
        'a folder of sources is no package with a version',
        "-m command -a 'VENV/bin/pip install -e FOLDER'",
      ),
      executable: refusedParam(
        "a Python's own pip is taken",
        'virtualenv_python=python3.11, or virtualenv=FOLDER',
        'pip3',
        'pip',
      ),
      virtualenv_command: refusedParam(
        'environments are made by python -m venv',
        'virtualenv_python=python3.11',
        'pyvenv',
        'python3 -m venv',
        'python -m venv',
      ),
      umask: refusedParam('files are made with the umask of whoever runs the task', '-m file afterwards'),
    },
    adapt: ({ extra_args: extraArgs, ...args }) => ({ module: 'pip', args: { ...args, ...words(extraArgs) } }),
  },
  {
    names: ['npm'],
    module: 'npm',
    refused: {
      force: refusedParam(
        'npm refuses what does not fit together',
        "-m command -a 'npm install --force NAME chdir=PATH'",
      ),
      no_bin_links: refusedParam(
        'programs of packages are linked',
        "-m command -a 'npm install --no-bin-links chdir=PATH'",
      ),
      no_optional: refusedParam(
        'optional packages are installed',
        "-m command -a 'npm install --omit=optional chdir=PATH'",
      ),
      unsafe_perm: refusedParam('scripts of packages run as npm decides', 'ignore_scripts=yes runs none'),
    },
  },
]

const words = (extraArgs: Args[string]) =>
  extraArgs === undefined ? {} : { extraArgs: typeof extraArgs === 'string' ? splitWords(extraArgs).words : extraArgs }
