// Variables of where packages come from. Default: whatever hosts have already.
import { z } from 'tsplay'

const mirror = z.url({ error: 'expected an address, such as https://mirror.example.org/centos' })

export const repositoryVars = {
  repositories: z
    .strictObject({
      distribution: mirror
        .exactOptional()
        .describe("mirror of the distribution itself, in place of the vendor's; ended releases need an archive's"),
      epel: z
        .union([z.literal(true), mirror])
        .exactOptional()
        .describe('EPEL, for the RHEL family; true: its own site'),
      docker: z
        .union([z.literal(true), mirror])
        .exactOptional()
        .describe("docker's packages; true: docker's own site"),
      kubernetes: z
        .strictObject({
          baseurl: z.union([mirror, z.array(mirror).min(1)]).exactOptional(),
          gpgkey: z.union([mirror, z.array(mirror).min(1)]).exactOptional(),
        })
        .exactOptional()
        .describe("kubelet, kubeadm and kubectl; default place: the project's own, which has 1.24 and later"),
    })
    .prefault({})
    .describe('repositories that hosts get; those that are not named stay as they are'),
}
