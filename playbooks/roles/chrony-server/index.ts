// chrony-server: a host that gives the time to the cluster's hosts, even while no server of the world answers.
import { role } from 'tsplay'
import { type ChronyParams, chrony, type TimeSource } from '../chrony/index.ts'

export interface ChronyServerParams extends Pick<ChronyParams, 'family' | 'setsClock' | 'waitForSync'> {
  /** Servers of the world. Default: three that answer fast from China. */
  upstreams?: readonly TimeSource[]
  /** Networks of the hosts that may ask. No default: a server for the whole world is an amplifier for attacks. */
  allow: readonly string[]
  /** Stratum of the own clock while no upstream answers. Default 10. */
  localStratum?: number
}

const world: readonly TimeSource[] = [
  { address: 'ntp.aliyun.com' },
  { address: 'time1.cloud.tencent.com' },
  { address: 'ntp.tuna.tsinghua.edu.cn' },
]

/** The host serves time to its networks; by default nobody waits for an upstream, as a closed network has none. */
export const chronyServer = role<ChronyServerParams>({
  name: 'chrony-server',
  tasks: ({ upstreams = world, localStratum = 10, waitForSync = 0, ...params }) => [
    chrony({ ...params, sources: upstreams, localStratum, waitForSync }),
  ],
})
