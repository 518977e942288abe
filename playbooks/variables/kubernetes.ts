// Variables of Kubernetes itself: how it is installed, where it lies, what its certificates say.
import { z } from 'tsplay'
import { plainPath } from '../plain-path.ts'
import { fileMode } from './shapes.ts'

export const kubernetesVars = {
  kubernetes: z
    .strictObject({
      version: z
        .string()
        .regex(/^1\.\d+\.\d+$/, { error: 'expected a version, such as 1.18.3' })
        .default('1.18.3')
        .describe('version, which decides what some files look like'),
      install: z.enum(['binaries', 'kubeadm']).default('binaries').describe('who puts programs and files in place'),
      binDir: plainPath.default('/opt/kubernetes/bin').describe('programs'),
      cfgDir: plainPath.default('/opt/kubernetes/cfg').describe('configuration of the components'),
      pkiDir: plainPath.default('/opt/kubernetes/ssl').describe('certificates and keys'),
      logDir: plainPath.default('/opt/kubernetes/logs').describe('logs'),
      logFolders: z.boolean().default(true).describe('a folder of logs for each component'),
      user: z.string().default('root').describe('who runs the control plane, and owns what it writes'),
      folders: z
        .array(z.strictObject({ path: plainPath, mode: fileMode.default('0755'), owner: z.string().exactOptional() }))
        .default([])
        .describe('folders besides, of masters and nodes'),
    })
    .prefault({})
    .describe('how Kubernetes lies on masters and nodes'),
  certificates: z
    .strictObject({
      o: z.string().default('k8s').describe('organisation'),
      ou: z.string().default('System').describe('organisational unit'),
      c: z.string().length(2).default('CN').describe('country, two letters'),
      st: z.string().default('Beijing').describe('state or province'),
      l: z.string().default('Beijing').describe('locality'),
    })
    .prefault({})
    .describe('what the subjects of all certificates have in common'),
}
