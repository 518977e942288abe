// What `import … from 'tsplay/modules'` gives: every module, and the types of its parameters.
export { type AptParams, apt } from './apt.ts'
export { type AptKeyParams, aptKey } from './apt-key.ts'
export { type AptRepositoryParams, aptRepository } from './apt-repository.ts'
export { type AssertParams, assert } from './assert.ts'
export {
  type BackgroundParams,
  background,
  type EndJobParams,
  endJob,
  type Job,
  type JobStatus,
  type JobStatusParams,
  jobStatus,
} from './background.ts'
export { type BlockInFileParams, blockInFile } from './block-in-file.ts'
export { type CaParams, ca } from './ca.ts'
export { type CertParams, cert } from './cert.ts'
export { type CommandParams, command } from './command.ts'
export { type CopyParams, copy } from './copy.ts'
export { type DebugParams, debug } from './debug.ts'
export { type DirectoryParams, directory } from './directory.ts'
export { type DnfParams, dnf } from './dnf.ts'
export { type FactsParams, facts } from './facts.ts'
export { type FileParams, file } from './file.ts'
export { type GroupParams, group } from './group.ts'
export { type HostnameParams, hostname } from './hostname.ts'
export { type IniFileParams, iniFile } from './ini-file.ts'
export { type KernelModuleParams, kernelModule } from './kernel-module.ts'
export { type LineInFileParams, lineInFile } from './line-in-file.ts'
export { type LinkParams, link } from './link.ts'
export { type PackageParams, package } from './package.ts'
export { type RawParams, raw } from './raw.ts'
export { type RebootParams, reboot } from './reboot.ts'
export { type ReplaceParams, replace } from './replace.ts'
export { type ScriptParams, script } from './script.ts'
export { fact, type HostFact, hostFact, setFact } from './set-fact.ts'
export { type ShellParams, shell } from './shell.ts'
export { type SysctlParams, sysctl } from './sysctl.ts'
export { type SystemdParams, systemd } from './systemd.ts'
export { type TemplateParams, template } from './template.ts'
export { type TimezoneParams, timezone } from './timezone.ts'
export { type UserParams, user } from './user.ts'
export { type WaitForParams, waitFor } from './wait-for.ts'
export { type WaitForConnectionParams, waitForConnection } from './wait-for-connection.ts'
export { type YumParams, yum } from './yum.ts'
