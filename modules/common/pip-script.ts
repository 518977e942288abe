// Makes a virtual environment, and installs and removes with its pip.
import { type Script, sh } from '../../engine/script.ts'
import { type PipWish, pipCommand, pipFolder } from './pip-probe.ts'

/** What differs. */
export interface PipWork {
  /** The environment has to be made. */
  readonly environment: boolean
  /** Packages, as pip takes them. */
  readonly names: readonly string[]
  readonly requirements: boolean
}

export function pipScript(params: PipWish, { environment, names, requirements }: PipWork): Script {
  const { virtualenv, python = 'python3', state, extraArgs = [], systemSitePackages, breakSystemPackages } = params
  const pip = pipCommand(params)
  const file = requirements && params.requirements !== undefined ? ['-r', params.requirements] : []
  const flags = [
    ...(breakSystemPackages ? ['--break-system-packages'] : []),
    ...(state === 'latest' ? ['--upgrade'] : []),
    ...extraArgs,
  ]
  return sh.join([
    sh`PIP_ROOT_USER_ACTION=ignore; export PIP_ROOT_USER_ACTION`,
    environment &&
      virtualenv !== undefined &&
      sh`if [ -e ${virtualenv} ]; then _had=1; else _had=; fi
${python} -m venv ${systemSitePackages ? ['--system-site-packages'] : []} -- ${virtualenv} || {
  _c=$?
  # half an environment would pass for a whole one
  if [ -n "$_had" ]; then rm -f -- ${`${virtualenv}/bin/python`}; else rm -rf -- ${virtualenv}; fi
  exit $_c
}`,
    pipFolder(params),
    state === 'absent'
      ? sh`${pip} uninstall --yes ${breakSystemPackages ? ['--break-system-packages'] : []} -- ${names.map((name) => name.replace(/[[=<>~!].*/, ''))} || exit $?`
      : (names.length > 0 || file.length > 0) && sh`${pip} install ${flags} ${file} -- ${names} || exit $?`,
  ])
}
